// node scripts/complete-lockfile.ts [--check]: adds the packages of other platforms that npm left out of the lockfile.
// npm writes down only what its registry can tell it of, and `npm ci` then refuses a lockfile in which an optional package is missing.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

type LockedPackage = {
  version?: string
  cpu?: string[]
  dev?: boolean
  optional?: boolean
  os?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

const lockfile = join(dirname(import.meta.dirname), 'package-lock.json')
const systems: Record<string, string> = { windows: 'win32' }
const knownSystems = ['android', 'darwin', 'freebsd', 'linux', 'win32', 'openharmony', 'netbsd', 'openbsd', 'sunos', 'aix']
const knownProcessors = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el']

/** The place that Node would find a package at, from another's place upwards. */
function findPlace(packages: Record<string, LockedPackage>, from: string, name: string): string | undefined {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    const candidate = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`
    if (packages[candidate]) return candidate
    if (place === '') return undefined
    if (!place.includes('/node_modules/')) place = ''
  }
}

/** What a package for one platform says of that platform in its name. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[-/]/).map((word) => systems[word] ?? (word === 'armv7' ? 'arm' : word))
  const os = words.find((word) => knownSystems.includes(word))
  const cpu = words.find((word) => knownProcessors.includes(word))
  const libc = name.includes('musl') ? 'musl' : name.includes('gnu') && os === 'linux' ? 'glibc' : undefined
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(os ? { os: [os] } : {}), ...(libc ? { libc: [libc] } : {}) }
}

const lock = JSON.parse(readFileSync(lockfile, 'utf8')) as { packages: Record<string, LockedPackage> }
const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies, dev }]) =>
  Object.entries(optionalDependencies ?? {})
    .filter(([name]) => findPlace(lock.packages, place, name) === undefined)
    .map(([name, version]) => ({ name, version, dev })),
)
if (process.argv.includes('--check')) {
  if (missing.length > 0) {
    console.error(
      `package-lock.json lacks ${missing.map(({ name }) => name).join(', ')}, so \`npm ci\` refuses it. Run: node scripts/complete-lockfile.ts`,
    )
    process.exit(1)
  }
} else if (missing.length > 0) {
  for (const { name, version, dev } of missing) {
    lock.packages[`node_modules/${name}`] = { version, ...(dev ? { dev } : {}), optional: true, ...platformOf(name) }
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([left], [right]) => left.localeCompare(right, 'en')))
  writeFileSync(lockfile, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`Added ${missing.length} packages to package-lock.json.`)
}
