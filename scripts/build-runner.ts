// node scripts/run.mjs scripts/build-runner.ts <folder>: makes few files of all that a runner loads before author code, which are its own
// code, the SDK and zod.
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const root = dirname(import.meta.dirname)
const sdk = join(root, 'sdk')

type Exports = Record<string, string | { import: string }>

/** What a workspace may import of a package: the file of each, by a name for what stands in its place. */
function entriesOf(packageFile: string, name: string): [string, string][] {
  const { exports } = JSON.parse(readFileSync(packageFile, 'utf8')) as { exports: Exports } // of packages that we know
  return Object.entries(exports)
    .map(([path, target]) => ({ path, file: typeof target === 'string' ? target : target.import }))
    .filter(({ path, file }) => path !== './testing' && /\.[tj]s$/.test(file) && !file.includes('*'))
    .map(({ path, file }) => [`${name}${path.slice(1).replaceAll('/', '-')}`, join(dirname(packageFile), file)])
}

const zodFile = createRequire(join(sdk, 'package.json')).resolve('zod/package.json')
const sdkEntries = entriesOf(join(sdk, 'package.json'), 'sdk').map(([name]) => [
  name.replace('sdk', '@crosswalk/sdk').replace('sdk-', 'sdk/'),
  name,
])
const imported = Object.fromEntries([...entriesOf(join(sdk, 'package.json'), 'sdk'), ...entriesOf(zodFile, 'zod')])

type Entry = { name: string; exports: string[] }

/** What a build made of what was put in. */
function entriesBuilt(result: Awaited<ReturnType<typeof build>>): Entry[] {
  const { output } = (Array.isArray(result) ? result[0] : result) as { output: ({ type: string; isEntry?: boolean } & Entry)[] } // of one build
  return output.filter(({ type, isEntry, name }) => type === 'chunk' && isEntry && name !== 'main')
}

function asModule(name: string, names: readonly string[]): string {
  const own = names.filter((each) => each !== 'default')
  return `import { createRequire } from 'node:module'
const all = createRequire(import.meta.url)('./${name}.cjs')
${own.map((each, index) => `const _${index} = all[${JSON.stringify(each)}]`).join('\n')}
export { ${own.map((each, index) => `_${index} as ${each}`).join(', ')} }
${names.includes('default') ? 'export default all.default\n' : ''}`
}

/** What every runner needs is in one file. The other ways to write a schema, and what describes a workspace, are in theirs. */
const isSeldom =
  /\/zod\/(v3|mini|v4-mini|v4\/mini|compile)\b|\/runner\/(survey|unknown-data-providers)\.ts|\/protocol\/definition-check\.ts/

/** V8 keeps what is ASCII in half of the memory, and the entry reads it as such. */
function toAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const [target] = process.argv.slice(2)
if (!target) throw new Error('Use: node scripts/run.mjs scripts/build-runner.ts <folder>')
const folder = `${target}.${process.pid}`
const built = await build({
  configFile: false,
  envFile: false,
  publicDir: false,
  root: join(root, 'server'),
  logLevel: 'error',
  ssr: { noExternal: true, target: 'node' },
  resolve: { conditions: ['node', 'import', 'default'] },
  build: {
    ssr: true,
    outDir: folder,
    target: 'esnext',
    minify: false,
    rolldownOptions: {
      input: { main: join(root, 'server', 'src', 'runner', 'main.ts'), ...imported },
      output: {
        format: 'cjs',
        entryFileNames: '[name].cjs',
        chunkFileNames: 'code-[name].cjs',
        codeSplitting: { groups: [{ name: 'runner', test: (id) => !isSeldom.test(id), priority: 1 }] },
      },
    },
  },
})
for (const file of globSync('*.cjs', { cwd: folder })) writeFileSync(join(folder, file), toAscii(readFileSync(join(folder, file), 'utf8')))
// Author code imports modules, so one stands before each of these.
for (const { name, exports: names } of entriesBuilt(built)) writeFileSync(join(folder, `${name}.mjs`), asModule(name, names))
// What the workspace resolves to a file that is in here comes from here, so that both have one instance of it; and the SDK in any case, also
// where the workspace has a copy of its own.
const ofFiles = Object.entries(imported).map(([name, file]) => [pathToFileURL(file).href, `${name}.mjs`])
const ofSpecifiers = sdkEntries.map(([specifier, name]) => [specifier, `${name}.mjs`])
writeFileSync(join(folder, 'places.json'), JSON.stringify({ ofFiles, ofSpecifiers }))
cpSync(join(root, 'server', 'src', 'runner', 'entry.cjs'), join(folder, 'entry.cjs'))
try {
  await rename(folder, target)
} catch (error) {
  await rm(folder, { recursive: true })
  // Another process was faster.
  if (!['ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code))) throw error
}
