import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { startMyIntegrationVendor } from '@crosswalk/simulators/my-integration'
import { type Block, blocksOf, readPages, root } from './pages.ts'

const run = promisify(execFile)
const cli = join(root, 'cli/bin/crosswalk.js')
const stack = new AsyncDisposableStack()
const place = mkdtempSync(join(tmpdir(), 'crosswalk-docs-'))
stack.defer(() => rmSync(place, { recursive: true, force: true, maxRetries: 20 }))
let env: NodeJS.ProcessEnv = {}

const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
)
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts
const isFor = (language: string, note: string) => (block: Block) => block.language === language && block.note === note
const blocks = readPages().flatMap(blocksOf)

/** Puts a program of that name before all others. */
function placeProgram(name: string, script: string): void {
  writeFileSync(join(place, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(place, name), 0o755)
}

/**
 * What stands in for programs that a test cannot run as they are. npm's scripts are run elsewhere; here they must exist. Processes
 * that stay must be commands. Tools of others, and what they would call, are not ours: it is enough that the shell understands the line.
 */
function placeStandIns(): void {
  const names = Object.keys(scripts).join('|')
  placeProgram('npm', `[ "$1" = run ] && shift\ncase "$1" in ${names}) exit 0;; esac\necho "There is no script $1." >&2; exit 64`)
  const cliCase = `crosswalk) shift; case "$1" in start|api|worker) exec "${process.execPath}" "${cli}" "$1" --help;; esac; exec "${process.execPath}" "${cli}" "$@";;`
  placeProgram(
    'npx',
    `case "$1" in ${cliCase}\nnode) shift; exec "${process.execPath}" "$@";; esac\necho "npx $1 is not of this repository." >&2; exit 64`,
  )
  for (const name of ['git', 'pg_dump']) placeProgram(name, 'exit 0')
}

/** An installation of its own, as a reader would start it. */
async function startInstallation(settings: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [cli, 'start'], {
    cwd: root,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  stack.defer(async () => {
    child.kill('SIGTERM')
    await ended
  })
  let output = ''
  const listens = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-20_000)
        if (output.includes('Crosswalk listens on')) resolve()
      })
    }
  })
  await Promise.race([listens, ended.then(() => Promise.reject(new Error(`It does not start: ${output}`)))])
}

before(async () => {
  placeStandIns()
  const vendor = stack.use(await startMyIntegrationVendor({ apiKey: 'demo-key' }))
  const dataDir = join(place, 'data')
  const settings = {
    CROSSWALK_DATA_DIR: dataDir,
    CROSSWALK_PORT: '0',
    CROSSWALK_LOG_LEVEL: 'warn',
    DATABASE_URL: '',
    CROSSWALK_URL: '',
    CROSSWALK_API_KEY: '',
  }
  await startInstallation(settings)
  const { url } = JSON.parse(readFileSync(join(dataDir, 'running.json'), 'utf8')) as { url: string }
  const { NODE_TEST_CONTEXT: _ours, ...inherited } = process.env
  env = {
    ...inherited,
    ...settings,
    PATH: [place, join(root, 'node_modules/.bin'), inherited.PATH].join(delimiter),
    STATE: join(place, 'state'),
    CROSSWALK_URL: url,
    VENDOR_URL: vendor.url,
    DATABASE_URL: 'postgresql://',
  }
  delete env.CROSSWALK_API_KEY
})
after(() => stack.disposeAsync())

/** Runs a block in a shell that stops at the first failure and at variables that are not set. What it exports, later blocks find. */
async function runBlock({ text, page }: Block): Promise<void> {
  // The embedded database is running already, so what is said of an external one is tried on that.
  const databaseUrl = text.includes('DATABASE_URL') && text.includes('migrate') ? embeddedDatabaseUrl() : ''
  const script = `[ -f "$STATE" ] && . "$STATE"\nexport DATABASE_URL='${databaseUrl}'\nset -eu\n${text}\nunset DATABASE_URL\nexport -p > "$STATE"\n`
  await run('sh', ['-c', script], { cwd: root, env, timeout: 240_000 }).catch((error: { stdout: string; stderr: string; code: number }) =>
    assert.fail(`${page}: exit code ${error.code}\n${text}\n${error.stdout}\n${error.stderr}`),
  )
}

function embeddedDatabaseUrl(): string {
  const asked = join(place, 'data', 'postgres')
  const noted = join(asked, 'location')
  const cluster = join(existsSync(noted) ? readFileSync(noted, 'utf8').trim() : asked, 'cluster')
  const port = readFileSync(join(cluster, 'data', 'postmaster.pid'), 'utf8').split('\n')[3]
  return `postgresql://crosswalk:${readFileSync(join(cluster, 'owner-password'), 'utf8').trim()}@127.0.0.1:${port}/crosswalk`
}

const skip = process.platform === 'win32' ? 'the pages are written for a Unix shell' : !hasCurl && 'curl is not installed'

test('every command of the pages does what it is there for', { skip, timeout: 600_000 }, async (t) => {
  const all = blocks.filter(isFor('sh', ''))
  assert.ok(all.length >= 20)
  for (const [index, block] of all.entries()) {
    const title = `${block.page}, block ${index + 1}: ${block.text.trim().split('\n')[0]}`
    await t.test(title, () => runBlock(block))
  }
})

test('what stays until it is stopped is a script, a command or a file of the repository', () => {
  for (const { page, text } of blocks.filter(isFor('sh', 'stays'))) {
    const [, script, command, file] =
      /^(?:[A-Z_]+=\S+ )*(?:npm (?:run )?(\S+)(?: -- .*)?|npx crosswalk (start|api|worker)|node scripts\/run\.mjs (\S+) .*)\n$/.exec(
        text,
      ) ?? []
    assert.ok(
      (script !== undefined && script in scripts) || command !== undefined || existsSync(join(root, file ?? 'none')),
      `${page}: ${text}`,
    )
  }
})
