import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { startMyIntegrationVendor } from '@crosswalk/simulators/my-integration'
import { temporaryDirectory } from '../server/testing/temporary-directory.ts'
import { until } from '../server/testing/until.ts'
import { blocksOf, readPages, root } from './pages.ts'

const run = promisify(execFile)
const cli = join(root, 'cli/bin/crosswalk.js')

/** A folder that somebody works in for the first time, with a shell that has the repository's commands. */
async function givenFolder(folder: string) {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  await writeFile(join(bin, 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${cli}" "$@"\n`)
  await chmod(join(bin, 'npx'), 0o755)
  const { NODE_TEST_CONTEXT: _ours, CROSSWALK_DATA_DIR: _dir, CROSSWALK_API_KEY: _key, CROSSWALK_URL: _url, ...inherited } = process.env
  const env: NodeJS.ProcessEnv = {
    ...inherited,
    PATH: [bin, join(root, 'node_modules/.bin'), inherited.PATH].join(delimiter),
    CROSSWALK_WORKSPACE: join(root, 'workspace'),
    CROSSWALK_PORT: '0',
    CROSSWALK_LOG_LEVEL: 'warn',
    DATABASE_URL: '',
  }
  return { cwd: folder, env }
}

const options = { skip: process.platform === 'win32' && 'the page is written for a Unix shell', timeout: 300_000 }
const stack = new AsyncDisposableStack()
const place = stack.use(await temporaryDirectory())
const { cwd, env } = await givenFolder(place.path)
after(() => stack.disposeAsync())

type Failed = { stdout: string; stderr: string }

/** Starts the platform in the folder, for real use. */
async function startPlatform(): Promise<string> {
  const platform = spawn(process.execPath, [cli, 'start'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(platform, 'exit')
  stack.defer(async () => {
    platform.kill('SIGTERM')
    await ended
  })
  let said = ''
  for (const stream of [platform.stdout, platform.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  return until(
    'it listens',
    () => {
      if (platform.exitCode !== null) throw new Error(`It ended: ${said}`)
      return /Crosswalk listens on (\S+)/.exec(said)?.[1]
    },
    60_000,
  )
}

// It has five vendors, and runs for a hundred mappings.
const demoOptions = { ...options, timeout: 300_000 }
test('a demo keeps to a directory of its own, and away from the database for real use', demoOptions, async () => {
  const demo = await run(process.execPath, [join(root, 'scripts/run.mjs'), 'scripts/demo.ts', '--once'], {
    cwd,
    env: { ...env, DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing' },
  }).catch((error: Failed) => assert.fail(`${error.stdout}${error.stderr}`))
  assert.match(demo.stdout, /All \d+ steps done/)
  assert.deepEqual([existsSync(join(cwd, '.crosswalk-demo')), existsSync(join(cwd, '.crosswalk'))], [true, false])
})

let running: { url: string; vendorUrl: string } | undefined
for (const time of ['after a demo', 'once more after itself'])
  test(`the quickstart works ${time}`, options, async () => {
    running ??= { vendorUrl: stack.use(await startMyIntegrationVendor({ apiKey: 'demo-key' })).url, url: await startPlatform() }
    const page = readPages().filter(({ path }) => path === 'docs/quickstart.md')
    const blocks = page.flatMap(blocksOf).filter(({ language, note }) => language === 'sh' && note === '')
    const commands = blocks.map(({ text }) => text).filter((text) => text.includes('npx crosswalk'))
    assert.ok(commands.length >= 4)
    const script = `set -eu\nexport VENDOR_URL='${running.vendorUrl}' CROSSWALK_URL='${running.url}'\n${commands.join('\n')}`
    await run('sh', ['-c', script], { cwd, env }).catch((error: Failed) => assert.fail(`${error.stdout}\n${error.stderr}`))
  })
