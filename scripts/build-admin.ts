// node scripts/run.mjs scripts/build-admin.ts [--force]: builds admin/dist where it was not built of the sources that are there.
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = dirname(import.meta.dirname)
const admin = join(root, 'admin')
const dist = join(admin, 'dist')
const page = join(dist, 'index.html')
const maxTries = 5

const sources = ['admin/{src,public}/**/*', 'admin/{index.html,vite.config.ts,package.json}', 'client/src/**/*.ts', 'package-lock.json']

/** Beside the built files: of which sources they are. Times would not do: an upgrade may bring files that are older than the last build. */
const fingerprintFile = 'fingerprint.txt'

/** Of the names and the content of everything that the built files are made of. */
function fingerprintOfSources(): string {
  const hash = createHash('sha256')
  const files = sources.flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true })).filter((entry) => entry.isFile())
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(`${relative(root, path)}\0`).update(createHash('sha256').update(readFileSync(path)).digest())
  }
  return hash.digest('hex')
}

function isOf(fingerprint: string): boolean {
  if (!existsSync(page)) return false
  try {
    return readFileSync(join(dist, fingerprintFile), 'utf8') === fingerprint
  } catch {
    return false
  }
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

/** Several may build at once: the last one has the same files. */
async function putInPlace(draft: string): Promise<void> {
  const previous = `${draft}-previous`
  for (let tries = 1; ; tries++) {
    await rename(dist, previous).catch(() => {})
    try {
      await rename(draft, dist)
      break
    } catch (error) {
      if (tries >= maxTries) throw error
    } finally {
      await rm(previous, { recursive: true, force: true })
    }
  }
}

/** Builds the admin interface, unless it is there and up to date. */
export async function buildAdmin(options: { force?: boolean } = {}): Promise<'built' | 'up to date'> {
  const fingerprint = fingerprintOfSources()
  if (!options.force && isOf(fingerprint)) return 'up to date'
  const { build } = await import('vite')
  // Built beside, and put in its place when it is complete: those that serve or build it at the same time find the old or the new.
  const draft = join(root, 'node_modules', '.cache', `admin-${process.pid}`)
  await build({ root: admin, configFile: join(admin, 'vite.config.ts'), logLevel: 'warn', build: { outDir: draft, emptyOutDir: true } })
  await compressFiles(draft)
  await writeFile(join(draft, fingerprintFile), fingerprint)
  await putInPlace(draft)
  return 'built'
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const outcome = await buildAdmin({ force: process.argv.includes('--force') })
  console.log(outcome === 'built' ? 'The admin interface is built.' : 'The admin interface is up to date.')
}
