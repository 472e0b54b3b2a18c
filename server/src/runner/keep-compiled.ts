import { renameSync, writeFileSync } from 'node:fs'
import { createRequire, flushCompileCache } from 'node:module'

// node keep-compiled.ts <entry of the runner>: what that runner compiled is written down when it ends.

// Node has it, its types do not.
const node = process as unknown as { reallyExit(code: number): never }
const { reallyExit } = node
node.reallyExit = (code) => {
  flushCompileCache()
  // Another runner may be about to read it.
  const whole = `${compiled}.${process.pid}`
  writeFileSync(whole, compile(), { mode: 0o644 })
  renameSync(whole, compiled)
  return reallyExit.call(process, code)
}

const [entry = ''] = process.argv.slice(2)
const { compiled, compile } = createRequire(import.meta.url)(entry) as { compiled: string; compile(): Buffer } // see entry.cjs
