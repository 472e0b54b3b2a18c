import { flushCompileCache } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { definitionFiles } from './catalogue.ts'
import { givePlaces, leadImports } from './imports.ts'
import { readyMadeFiles } from './ready-made.ts'

// node compile.ts <entry> <workspace> [excluded file …]: fills the cache of compiled code that runners read. Author code is compiled here and
// never runs: every import of it asks for an export that Node's own module does not have, so linking fails after all files were compiled, and
// a module whose linking failed is not evaluated. The entry is where a runner starts; it is empty where that is from the sources.

const [entry = '', workspace = '', ...excluded] = process.argv.slice(2)
const leftOut = new Set(excluded.map((file) => join(workspace, file)))
// Before the first author's file, so that what it imports of ours is what it finds in a runner.
if (entry !== '') {
  givePlaces(dirname(entry))
  leadImports()
}
const own = entry === '' ? [join(import.meta.dirname, 'main.ts')] : []
const readyMade = readyMadeFiles(join(import.meta.dirname, '..', '..', '..', 'integrations')).map(({ file }) => file)
const files = [
  ...own,
  ...definitionFiles(workspace)
    .map(({ file }) => file)
    .filter((file) => !leftOut.has(file)),
  ...readyMade,
]

await Promise.allSettled(
  files.map((file) => {
    const source = `import ${JSON.stringify(pathToFileURL(file).href)}\nimport { absentOnPurpose } from 'node:fs'`
    return import(`data:text/javascript,${encodeURIComponent(source)}`)
  }),
)
flushCompileCache()
process.exit()
