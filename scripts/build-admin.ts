// node scripts/run.mjs scripts/build-admin.ts [--force]: builds admin/dist where the sources are newer.
import { existsSync, globSync, statSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = dirname(import.meta.dirname)
const admin = join(root, 'admin')
const dist = join(admin, 'dist')
const page = join(dist, 'index.html')

const sources = ['admin/{src,public}/**/*', 'admin/{index.html,vite.config.ts,package.json}', 'client/src/**/*.ts', 'package-lock.json']

/** True if nothing that the built files are made of is newer than they are. */
function isUpToDate(): boolean {
  if (!existsSync(page)) return false
  const builtAt = statSync(page).mtimeMs
  return sources.every((pattern) => globSync(pattern, { cwd: root }).every((file) => statSync(join(root, file)).mtimeMs <= builtAt))
}

/**
 * Puts compressed files beside each that browsers load, so that the server need not compress. Two kinds: over plain HTTP, other than
 * from their own machine, browsers take no Brotli.
 */
async function compressFiles(folder: string): Promise<void> {
  const files = globSync('**/*.{html,js,css,svg}', { cwd: folder })
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  await Promise.all(
    files.map(async (file) => {
      const path = join(folder, file)
      const bytes = await readFile(path)
      await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, options))
      await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
    }),
  )
}

/** Builds the admin interface, unless it is there and up to date. */
export async function buildAdmin(options: { force?: boolean } = {}): Promise<'built' | 'up to date'> {
  if (!options.force && isUpToDate()) return 'up to date'
  const { build } = await import('vite')
  // Built beside, and put in its place when it is complete: whoever serves or builds it at the same time finds the old or the new.
  const draft = join(root, 'node_modules', '.cache', `admin-${process.pid}`)
  await build({ root: admin, configFile: join(admin, 'vite.config.ts'), logLevel: 'warn', build: { outDir: draft, emptyOutDir: true } })
  await compressFiles(draft)
  const previous = `${draft}-previous`
  await rename(dist, previous).catch(() => {})
  await rename(draft, dist)
  await rm(previous, { recursive: true, force: true })
  return 'built'
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const outcome = await buildAdmin({ force: process.argv.includes('--force') })
  console.log(outcome === 'built' ? 'The admin interface is built.' : 'The admin interface is up to date.')
}
