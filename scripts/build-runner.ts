// node scripts/run.mjs scripts/build-runner.ts <folder>: makes few files of all that a runner loads before author code, which are its own
// code, the SDK and zod.
import { readFileSync, writeFileSync } from 'node:fs'
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

/**
 * What the workspace resolves to a file that is in here comes from here, so that both have one instance of it; and the SDK in any case, also
 * where the workspace has a copy of its own.
 */
function resolving(): string {
  const places = Object.entries(imported).map(([name, file]) => [pathToFileURL(file).href, `./${name}.mjs`])
  const ofSdk = sdkEntries.map(([specifier, name]) => [specifier, `./${name}.mjs`])
  return `import { registerHooks } from 'node:module'
const here = (pairs) => new Map(pairs.map(([from, place]) => [from, new URL(place, import.meta.url).href]))
const places = here(${JSON.stringify(places)})
const ofSdk = here(${JSON.stringify(ofSdk)})
registerHooks({
  resolve(specifier, context, next) {
    const own = ofSdk.get(specifier)
    if (own !== undefined) return { url: own, format: 'module', shortCircuit: true }
    const found = next(specifier, context)
    const url = places.get(found.url)
    return url === undefined ? found : { ...found, url, format: 'module' }
  },
})
`
}

/** V8 keeps what is ASCII in half of the memory, and reads it faster. */
function toAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const [target] = process.argv.slice(2)
if (!target) throw new Error('Use: node scripts/run.mjs scripts/build-runner.ts <folder>')
const folder = `${target}.${process.pid}`
await build({
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
        entryFileNames: '[name].mjs',
        chunkFileNames: 'code-[name].mjs',
        // What the runner itself needs is in one file; the other ways to write a schema are in theirs.
        codeSplitting: { groups: [{ name: 'runner', test: (id) => !/\/zod\/(v3|mini|v4-mini|v4\/mini|compile)\b/.test(id), priority: 1 }] },
        plugins: [{ name: 'ascii', renderChunk: (code) => toAscii(code) }],
      },
    },
  },
})
writeFileSync(join(folder, 'places.mjs'), resolving())
writeFileSync(join(folder, 'entry.mjs'), "import './main.mjs'\nimport './places.mjs'\n")
try {
  await rename(folder, target)
} catch (error) {
  await rm(folder, { recursive: true })
  // Another process was faster.
  if (!['ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code))) throw error
}
