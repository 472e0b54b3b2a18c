import { writeFileSync } from 'node:fs'
import { createRequire, flushCompileCache } from 'node:module'

// node keep-compiled.ts <entry of the runner> <file>: what that runner compiled is written down when it ends, its own code into the file.

// Node has it, its types do not.
const node = process as unknown as { reallyExit(code: number): never }
const { reallyExit } = node
node.reallyExit = (code) => {
  flushCompileCache()
  writeFileSync(file, compile())
  return reallyExit.call(process, code)
}

const [entry = '', file = ''] = process.argv.slice(2)
const { compile } = createRequire(import.meta.url)(entry) as { compile(): Buffer } // see entry.cjs
