import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { definitionFiles } from './catalogue.ts'
import './kinds.ts'
import './vendor-waits.ts'
import './confinement.ts'

// node compile.ts <workspace> [excluded file …]: fills the cache of compiled code that runners read. Author code is compiled here and never
// runs: every import of it asks for an export that Node's own module does not have, so linking fails after all files were compiled, and a
// module whose linking failed is not evaluated.

const [workspace = '', ...excluded] = process.argv.slice(2)
const leftOut = new Set(excluded.map((file) => join(workspace, file)))
const files = [join(import.meta.dirname, 'main.ts'), ...definitionFiles(workspace).filter((file) => !leftOut.has(file))]

await Promise.allSettled(
  files.map((file) => {
    const source = `import ${JSON.stringify(pathToFileURL(file).href)}\nimport { absentOnPurpose } from 'node:fs'`
    return import(`data:text/javascript,${encodeURIComponent(source)}`)
  }),
)
flushCompileCache()
process.exit()
