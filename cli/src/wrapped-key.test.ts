import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startKeyVault } from '../../server/testing/key-vault.ts'
import { findRunningPostgres } from './local/local-database.ts'

const program = fileURLToPath(new URL('../bin/crosswalk.js', import.meta.url))

/** A machine of Azure with an identity, a vault with a key, and a data directory that nothing has been started on. */
async function givenMachine() {
  const stack = new AsyncDisposableStack()
  const path = await mkdtemp(join(tmpdir(), 'crosswalk-wrapped-'))
  stack.defer(() => rm(path, { recursive: true, force: true, maxRetries: 20 }))
  const vault = stack.use(await startKeyVault())
  const version = vault.makeKey('crosswalk')
  const [dataDir, ca] = [join(path, 'data'), join(path, 'ca.pem')]
  await writeFile(ca, vault.ca)
  await mkdir(join(path, 'workspace'))
  const env = {
    ...process.env,
    ...vault.identity,
    NODE_EXTRA_CA_CERTS: ca,
    CROSSWALK_DATA_DIR: dataDir,
    CROSSWALK_WORKSPACE: join(path, 'workspace'),
    CROSSWALK_INTEGRATIONS: 'none',
    CROSSWALK_PORT: '0',
    CROSSWALK_LOG_LEVEL: 'warn',
    DATABASE_URL: '',
    CROSSWALK_URL: '',
    CROSSWALK_API_KEY: '',
  }

  function run(args: string[], more: NodeJS.ProcessEnv = {}, stdin = '') {
    const child = spawn(process.execPath, [program, ...args], { cwd: path, env: { ...env, ...more }, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.end(stdin)
    const output = { out: '', err: '' }
    child.stdout.on('data', (chunk: Buffer) => void (output.out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => void (output.err += chunk.toString()))
    const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...output }))
    return { child, output, ended }
  }

  /** Starts everything, and returns how to stop it. */
  async function start() {
    const { child, output, ended } = run(['start'])
    const listens = new Promise<void>((resolve) => child.stdout.on('data', () => output.out.includes('Crosswalk listens on') && resolve()))
    await Promise.race([listens, ended.then(({ out, err }) => Promise.reject(new Error(`It does not start: ${out}${err}`)))])
    const stop = async () => {
      child.kill('SIGTERM')
      await ended
    }
    stack.defer(stop)
    return stop
  }

  async function succeed(args: string[], more: NodeJS.ProcessEnv = {}, stdin = ''): Promise<{ out: string; err: string }> {
    const done = await run(args, more, stdin).ended
    assert.equal(done.code, 0, `${args.join(' ')}: ${done.out}${done.err}`)
    return done
  }
  const keyFile = () => readFile(join(dataDir, 'master.key'), 'utf8')
  return { ...{ path, dataDir, vault, version, run, start, succeed, keyFile }, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('an installation whose master key is wrapped starts with its vault, and not at all without it', { timeout: 240_000 }, async () => {
  await using it = await givenMachine()
  const stop = await it.start()
  await it.succeed(['secrets', 'set', 'token'], {}, 'one')
  const plain = (await it.keyFile()).trim()

  const wrapped = await it.succeed(['secrets', 'wrap-key', '--vault-key', `${it.vault.url}/keys/crosswalk`])
  assert.match(wrapped.err, new RegExp(`wrapped by ${it.vault.url}/keys/crosswalk/${it.version}\\. Nothing has to be restarted`))
  assert.ok((await it.keyFile()).startsWith('azure-key-vault:RSA-OAEP-256:') && !(await it.keyFile()).includes(plain))
  await it.succeed(['secrets', 'set', 'token'], {}, 'two')

  const newVersion = it.vault.makeKey('crosswalk')
  await it.succeed(['secrets', 'wrap-key'])
  it.vault.enableKey('crosswalk', it.version, false)
  await it.succeed(['secrets', 'rotate'])
  assert.ok((await it.keyFile()).trim().endsWith(`/keys/crosswalk/${newVersion}`), 'the new master key is wrapped as the old one')
  assert.match((await it.succeed(['doctor'])).out, /ok +Master key fits +it opens the stored secrets/)

  await stop()
  const by = `${it.vault.url}/keys/crosswalk/${newVersion}`
  assert.match((await it.run(['doctor']).ended).out, new RegExp(`ok +Master key fits +not looked at; wrapped by ${by}, and it opens`))
  it.vault.enableKey('crosswalk', newVersion, false)
  const closed = await it.run(['doctor']).ended
  assert.equal(closed.code, 1)
  assert.match(closed.out, /Master key fits +The master key is wrapped by .* is disabled.*\(master_key_vault_missing\)/)
  it.vault.enableKey('crosswalk', newVersion, true)
  const stopAgain = await it.start()
  await it.succeed(['secrets', 'set', 'token'], {}, 'three')
  await it.vault.close()
  await it.succeed(['secrets', 'set', 'token'], {}, 'four')
  const looked = await it.run(['doctor']).ended
  assert.match(looked.out, /Master key fits +The master key is wrapped by the key crosswalk .* does not answer/)
  await stopAgain()

  const refused = await it.run(['start']).ended
  assert.equal(refused.code, 1)
  assert.match(refused.err, /the vault does not answer.*Nothing was started or changed/)
  assert.equal(await findRunningPostgres(it.dataDir), undefined, 'no database was started')
})

test('before the first start nothing is wrapped or made; and what is plain already is told so', { timeout: 240_000 }, async () => {
  await using it = await givenMachine()
  for (const args of [['wrap-key', '--vault-key', `${it.vault.url}/keys/crosswalk`], ['unwrap-key']]) {
    const refused = await it.run(['secrets', ...args]).ended
    assert.deepEqual([refused.code, refused.out], [1, ''])
    assert.match(refused.err, /Start Crosswalk once first.*\(not_started_yet\)/)
    await assert.rejects(readdir(it.dataDir), { code: 'ENOENT' })
  }
  const stop = await it.start()
  await stop()
  const before = await it.keyFile()
  assert.match((await it.succeed(['secrets', 'unwrap-key'])).err, /was plain already/)
  const failed = await it.run(['secrets', 'wrap-key', '--vault-key', `${it.vault.url}/keys/another`]).ended
  assert.equal(failed.code, 1)
  assert.match(failed.err, /The master key was not wrapped; it is as it was.*\(master_key_vault_missing\)/)
  assert.equal(await it.keyFile(), before)
})

test('a key that is set by a variable or file is printed wrapped, taken wrapped, and written plain again', {
  timeout: 120_000,
}, async () => {
  await using it = await givenMachine()
  const plain = Buffer.alloc(32, 7).toString('base64')
  const by = ['--vault-key', `${it.vault.url}/keys/crosswalk`]
  const { out } = await it.succeed(['secrets', 'wrap-key', ...by, '--key-file', '-'], {}, plain)
  assert.match(out, /^azure-key-vault:RSA-OAEP-256:\S+\n$/)
  const set = { CROSSWALK_MASTER_KEY: out.trim() }
  await it.succeed(['secrets', 'wrap-key', '--out', 'wrapped.key'], set)
  await it.succeed(['secrets', 'unwrap-key', '--key-file', 'wrapped.key', '--out', 'plain.key'])
  assert.equal(await readFile(join(it.path, 'plain.key'), 'utf8'), `${plain}\n`)

  const noKey = await it.run(['secrets', 'wrap-key'], { CROSSWALK_MASTER_KEY: plain }).ended
  assert.deepEqual([noKey.code, /--vault-key/.test(noKey.err)], [2, true])
  const toNowhere = await it.run(['secrets', 'unwrap-key'], set).ended
  assert.deepEqual([toNowhere.code, toNowhere.out, toNowhere.err.includes(plain)], [2, '', false])
})
