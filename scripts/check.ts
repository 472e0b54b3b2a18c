// npm run check: everything about the code that can be told without running it.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brokenAccessRules, sourceFiles } from './access-rules.ts'
import { checkAdvisories } from './advisories.ts'
import { brokenElementRules, brokenImportRules, elementFiles, importsOf } from './import-rules.ts'
import { slices } from './slices.ts'
import { brokenStateRules, serverFiles } from './state-rules.ts'
import { brokenQueryPlaces, brokenTableRules, serverSources, tablesOfMigrations } from './table-rules.ts'
import { brokenWordRules, pagesAndCode } from './word-rules.ts'

const root = dirname(import.meta.dirname)
const bin = (name: string) => join(root, 'node_modules', '.bin', name)

type Finding = { isGood: boolean; output: string }

/** Runs a tool, and keeps what it says. */
function run(file: string, args: string[]): Promise<Finding> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (output += chunk.toString()))
    child.once('error', (error) => resolve({ isGood: false, output: error.message }))
    child.once('close', (code) => resolve({ isGood: code === 0, output }))
  })
}

const node = (...args: string[]) => run(process.execPath, ['--disable-warning=ExperimentalWarning', ...args])

async function types(): Promise<Finding> {
  const packages = readdirSync(root).filter((folder) => existsSync(join(root, folder, 'tsconfig.json')))
  const findings: Finding[] = []
  for (const folder of packages) findings.push(await run(bin('tsc'), ['-p', folder]))
  return { isGood: findings.every(({ isGood }) => isGood), output: findings.map(({ output }) => output).join('') }
}

async function importRules(): Promise<Finding> {
  const broken = [...brokenImportRules(importsOf(root)), ...brokenElementRules(elementFiles(root))]
  return { isGood: broken.length === 0, output: broken.join('\n') }
}

async function stateRules(): Promise<Finding> {
  const broken = brokenStateRules(serverFiles(root))
  return { isGood: broken.length === 0, output: broken.join('\n') }
}

async function tableRules(): Promise<Finding> {
  const sources = serverSources(root)
  const broken = [...brokenTableRules(sources, slices, tablesOfMigrations(root)), ...brokenQueryPlaces(sources)]
  return { isGood: broken.length === 0, output: broken.join('\n') }
}

async function accessRules(): Promise<Finding> {
  const broken = brokenAccessRules(sourceFiles(root))
  return { isGood: broken.length === 0, output: broken.join('\n') }
}

async function wordRules(): Promise<Finding> {
  const broken = brokenWordRules(pagesAndCode(root))
  return { isGood: broken.length === 0, output: broken.join('\n') }
}

const checks: readonly [name: string, check: () => Promise<Finding>][] = [
  ['types', types],
  ['lint and format', () => run(bin('biome'), ['ci', '--colors=off', '--max-diagnostics=50', '.'])],
  ['import rules', importRules],
  ['picture of the slices', () => node('scripts/draw-slices.ts', '--check')],
  ['states of executions', stateRules],
  ['SQL and owners of tables', tableRules],
  ['access rules', accessRules],
  ['plain words', wordRules],
  ['API description', () => node('scripts/describe-api.ts', '--check')],
  ['generated client', () => node('scripts/generate-client.ts', '--check')],
  ['dead code', () => run(bin('knip'), ['--no-progress'])],
  ['lockfile', () => node('scripts/complete-lockfile.ts', '--check')],
  ['advisories of packages', checkAdvisories],
]

let failed = 0
for (const [name, check] of checks) {
  const startedAt = performance.now()
  const { isGood, output } = await check()
  console.log(`${isGood ? '✔' : '✘'} ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
  if (!isGood) failed++
  // A good check has something to say where it could not look.
  if (!isGood || (check === checkAdvisories && output !== '')) console.log(output.trim().replace(/^(?=.)/gm, '    '))
}
if (failed > 0) console.log(`\n${failed} of ${checks.length} checks failed.`)
process.exit(failed > 0 ? 1 : 0)
