import { flushCompileCache } from 'node:module'

// node --import keep-compiled.ts <runner>: what that runner compiled is written down when it ends.

// Node has it, its types do not.
const node = process as unknown as { reallyExit(code: number): never }
const { reallyExit } = node
node.reallyExit = (code) => {
  flushCompileCache()
  return reallyExit.call(process, code)
}
