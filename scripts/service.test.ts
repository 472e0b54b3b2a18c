import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { temporaryDirectory } from '../server/testing/temporary-directory.ts'
import { until } from '../server/testing/until.ts'

const root = dirname(import.meta.dirname)
const parts = ['admin', 'cli', 'client', 'integrations', 'scripts', 'sdk', 'server', 'simulators', 'workspace']

/** What git brings, with the packages that `npm ci` brings: nothing is built. */
async function givenClone(folder: string): Promise<string> {
  const clone = join(folder, 'clone')
  await mkdir(join(clone, 'node_modules', '@crosswalk'), { recursive: true })
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.base.json']) await cp(join(root, file), join(clone, file))
  for (const part of parts) {
    const isFromGit = (path: string) => !/[/\\](node_modules|dist)([/\\]|$)/.test(path.slice(root.length))
    await cp(join(root, part), join(clone, part), { recursive: true, filter: isFromGit })
    await symlink(join(clone, part), join(clone, 'node_modules', '@crosswalk', part))
    // What npm puts below a part, where two versions of a package are needed.
    const own = join(root, part, 'node_modules')
    if (existsSync(own)) await symlink(own, join(clone, part, 'node_modules'))
  }
  for (const name of await readdir(join(root, 'node_modules')))
    if (name !== '@crosswalk' && name !== '.cache') await symlink(join(root, 'node_modules', name), join(clone, 'node_modules', name))
  return clone
}

/** The lines of the unit in the documentation. */
async function readUnit(): Promise<Map<string, string>> {
  const page = await readFile(join(root, 'docs', 'operating.md'), 'utf8')
  const [, unit = ''] = /```ini\n(\[Service\][\s\S]*?)```/.exec(page) ?? []
  return new Map(
    unit.split('\n').flatMap((line) => (line.includes('=') ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]] : [])),
  )
}

/** Runs the unit's command in a clone as the service manager would, but for the user, and asks for the page that it serves. */
async function servedPage(
  clone: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ status: number; text: string; script: number }> {
  const {
    NODE_TEST_CONTEXT: _ours,
    CROSSWALK_BUILD_INTERFACE: _off,
    NODE_COMPILE_CACHE: _cache,
    npm_lifecycle_event: _script,
    ...inherited
  } = process.env
  const [, ...args] = command
  const child = spawn(process.execPath, args, {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ...env, CROSSWALK_PORT: '0', CROSSWALK_WORKERS: '0', CROSSWALK_LOG_LEVEL: 'warn', DATABASE_URL: '' },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  const ended = once(child, 'close')
  try {
    const url = await until(
      'it listens',
      () => {
        if (child.exitCode !== null) throw new Error(`It ended: ${said}`)
        return /listens on (\S+)/.exec(said)?.[1]
      },
      100_000,
    )
    const answer = await fetch(`${url}/`)
    const text = await answer.text()
    const script = /src="(\/assets\/[^"]+)"/.exec(text)?.[1]
    return { status: answer.status, text, script: script ? (await fetch(`${url}${script}`)).status : 0 }
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

const options = { skip: process.platform === 'win32' && 'has no services of this kind', timeout: 300_000 }
const place = await temporaryDirectory()
after(() => place[Symbol.asyncDispose]())

/** The unit's command, and its environment with a data directory of the test's own. */
async function givenService() {
  const unit = await readUnit()
  const command = unit.get('ExecStart')?.split(' ') ?? []
  assert.equal(command[0], '/usr/bin/node')
  const [variable = '', ...rest] = unit.get('Environment')?.split('=') ?? []
  assert.deepEqual([variable, rest.length], ['CROSSWALK_DATA_DIR', 1])
  return { command, env: { [variable]: join(place.path, 'data') } }
}

let clone = ''
test("the documentation's unit serves the interface on a fresh clone", options, async () => {
  const { command, env } = await givenService()
  clone = await givenClone(place.path)
  const { status, script, text } = await servedPage(clone, command, env)
  assert.deepEqual([status, script], [200, 200], text)
})

test('after an upgrade it serves the new interface, although the files of the upgrade are older than the last build', options, async () => {
  const { command, env } = await givenService()
  const source = join(clone, 'admin', 'index.html')
  await writeFile(source, (await readFile(source, 'utf8')).replace(/<title>.*<\/title>/, '<title>The next version</title>'))
  await utimes(source, new Date('2020-01-01'), new Date('2020-01-01'))
  const { status, script, text } = await servedPage(clone, command, env)
  assert.match(text, /<title>The next version<\/title>/)
  assert.deepEqual([status, script], [200, 200])
})

test("npm start and the documentation's unit are the same command", async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
  const unit = await readUnit()
  assert.equal(unit.get('ExecStart'), `/usr/bin/${scripts.start}`)
})
