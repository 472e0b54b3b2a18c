import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { callCli } from './testing/call-cli.ts'
import { startInstallation } from './testing/installation.ts'

const run = promisify(execFile)
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))
const stack = new AsyncDisposableStack()
let place = ''
let workspace = ''

async function succeed(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ out: string; err: string }> {
  const { code, out, err } = await callCli(args, { cwd: place, env })
  assert.equal(code, 0, `${args.join(' ')}: ${err}`)
  return { out, err }
}

/** npm takes the other packages from here, so that the test needs nothing from elsewhere. The SDK is the packed one. */
async function usePackagesFromHere(): Promise<void> {
  const file = join(workspace, 'package.json')
  const made = JSON.parse(await readFile(file, 'utf8'))
  for (const group of ['dependencies', 'devDependencies'])
    for (const name of Object.keys(made[group])) if (name !== '@crosswalk/sdk') made[group][name] = `file:${join(packages, name)}`
  await writeFile(file, JSON.stringify(made))
}

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'crosswalk-own-workspace-'))
  stack.defer(() => rm(place, { recursive: true, force: true, maxRetries: 20 }))
  workspace = join(place, 'our-workspace')
  const { err } = await succeed(['init', 'our-workspace'])
  assert.match(err, /Next: cd our-workspace, then npm install and npm test/)
  await succeed(['new', 'workflow', 'count_devices', '--workspace', workspace])
  await succeed(['new', 'integration', 'acme_desk', '--workspace', workspace])
  await usePackagesFromHere()
  await run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--install-links=false'], { cwd: workspace })
})
after(() => stack.disposeAsync())

test('in a workspace of its own the tests pass and the types fit, untouched', async () => {
  // Else the runner of tests takes those of the workspace for its own.
  const { NODE_TEST_CONTEXT: _, ...others } = process.env
  const env = { ...others, PATH: `${dirname(process.execPath)}:${process.env.PATH}` }
  const { stdout } = await run('npm', ['test'], { cwd: workspace, env })
  assert.match(stdout, /pass 7\n/)
  await run('npm', ['run', 'check'], { cwd: workspace, env })
})

test('an installation runs what is in it, with its own SDK', async () => {
  const env = await startInstallation(stack, workspace)
  assert.match((await succeed(['workflows', 'list'], env)).out, /count_devices[\s\S]*say_hello/)
  assert.match((await succeed(['integrations', 'list'], env)).out, /acme_desk/)
  await succeed(['orgs', 'create', 'Acme Corp'], env)
  const { out } = await succeed(['run', 'say_hello', '--org', 'Acme Corp', '--json'], env)
  assert.equal(JSON.parse(out).result.text, 'Hello, Acme Corp!')
})

test('a second init adds what is missing, and leaves the rest alone', async () => {
  await writeFile(join(workspace, 'README.md'), 'Ours.\n')
  await rm(join(workspace, 'tsconfig.json'))
  const { err } = await succeed(['init', workspace])
  assert.match(err, /Wrote \S*tsconfig\.json/)
  assert.equal(await readFile(join(workspace, 'README.md'), 'utf8'), 'Ours.\n')
  assert.doesNotMatch(err, /say-hello/)
})

test('a new integration does not take the place of one that comes along', async () => {
  const { code, err } = await callCli(['new', 'integration', 'halopsa'])
  assert.equal(code, 1)
  assert.match(err, /'halopsa' comes along.* Choose another name/)
})

test('what is new goes into the folder workspace, also where the folder above has integrations of its own', async () => {
  const above = join(place, 'above')
  await Promise.all(['integrations', 'workspace/integrations'].map((folder) => mkdir(join(above, folder), { recursive: true })))
  const { code, err } = await callCli(['new', 'integration', 'their_desk'], { cwd: above })
  assert.equal(code, 0, err)
  assert.match(err, /Wrote workspace\/integrations\/their-desk\.ts[\s\S]*Next: npm test, in workspace\./)
})

test('what cannot be written is told, with what to do', async () => {
  const failing = async (...args: string[]) => {
    const { code, err } = await callCli(args, { cwd: place })
    assert.notEqual(code, 0)
    return err
  }
  assert.match(
    await failing('new', 'workflow', 'say_hello', '--workspace', workspace),
    /say-hello\S*\.ts is there already.*Choose another name/,
  )
  assert.match(await failing('new', 'workflow', 'Say-Hello', '--workspace', workspace), /must match/)
  assert.match(await failing('new', 'workflow', 'other'), /There is no workspace in .*crosswalk init/)
  await writeFile(join(place, 'notes.txt'), 'x')
  assert.match(await failing('init'), /holds other files\. Name an empty folder/)
  assert.match(await failing('init', 'notes.txt'), /is a file\. Name a folder/)
})
