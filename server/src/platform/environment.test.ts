import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../testing/temporary-directory.ts'
import { readEnvironment } from './environment.ts'
import { StartError } from './start-error.ts'

const key = Buffer.alloc(32, 7).toString('base64')
const refused = (naming: RegExp) => (error: unknown) =>
  error instanceof StartError && error.code === 'environment_invalid' && naming.test(error.message)

test('without any variable the platform runs on loopback, below the directory it was started in', () => {
  assert.deepEqual(readEnvironment({}, '/srv/crosswalk'), {
    databaseUrl: null,
    dataDir: '/srv/crosswalk/.crosswalk',
    buildsInterface: true,
    workspaceDir: '/srv/crosswalk/workspace',
    integrations: 'all',
    host: '127.0.0.1',
    port: 7071,
    workers: 1,
    takeoverSeconds: 15,
    minWaitSeconds: 30,
    maxQueuedPerOrganization: 20_000,
    maxQueued: 200_000,
    maxRunningPerOrganization: null,
    maxRunning: null,
    publicHosts: [],
    trustedProxies: [],
    tls: null,
    allowsPlainHttp: false,
    allowsPlainDatabase: false,
    allowsPlainMail: false,
    maxConnectionsPerAddress: 512,
    maxStreamsPerAddress: 100,
    overloadedAfterMs: 2_000,
    sessionIdleMinutes: 720,
    mail: null,
    retentionDays: 90,
    auditDays: null,
    auditSyslog: null,
    auditWebhook: null,
    renewalDays: 7,
    egressAllow: [],
    adminApiKey: null,
    isAdminKeyOff: false,
    masterKey: null,
    masterKeySource: null,
    secretsBackend: 'database',
    keyVaultUrl: null,
    sandbox: 'auto',
    runnerSharing: 'organization',
    recordBodies: 'off',
    logLevel: 'info',
  })
})

test('variables are taken over, and relative paths become absolute', () => {
  const environment = readEnvironment(
    {
      DATABASE_URL: 'postgresql://me:pw@db/crosswalk',
      CROSSWALK_DATA_DIR: '../data',
      CROSSWALK_WORKSPACE: '/ws',
      CROSSWALK_INTEGRATIONS: 'halopsa, ninjaone',
      CROSSWALK_HOST: '0.0.0.0',
      CROSSWALK_PORT: '80',
      CROSSWALK_TLS_CERT: 'tls/cert.pem',
      CROSSWALK_TLS_KEY: '/etc/tls/key.pem',
      CROSSWALK_WORKERS: '3',
      CROSSWALK_ADMIN_API_KEY: 'a-key-of-some-length',
      CROSSWALK_MASTER_KEY: key,
      CROSSWALK_LOG_LEVEL: 'debug',
      CROSSWALK_EGRESS_ALLOW: ' psa.internal:8443, 10.0.0.0/8,,[::1]:80 ',
    },
    '/srv/crosswalk',
  )
  assert.equal(environment.databaseUrl, 'postgresql://me:pw@db/crosswalk')
  assert.deepEqual([environment.dataDir, environment.workspaceDir], ['/srv/data', '/ws'])
  assert.deepEqual(environment.integrations, ['halopsa', 'ninjaone'])
  assert.deepEqual(readEnvironment({ CROSSWALK_INTEGRATIONS: 'none' }, '/').integrations, [])
  assert.deepEqual([environment.host, environment.port, environment.workers], ['0.0.0.0', 80, 3])
  assert.deepEqual(environment.tls, { certificateFile: '/srv/crosswalk/tls/cert.pem', keyFile: '/etc/tls/key.pem' })
  assert.deepEqual(environment.egressAllow, ['psa.internal:8443', '10.0.0.0/8', '[::1]:80'])
  assert.deepEqual([environment.adminApiKey, environment.masterKey, environment.logLevel], ['a-key-of-some-length', key, 'debug'])
})

test('a variable that is empty counts as not set', () => {
  assert.deepEqual(readEnvironment({ DATABASE_URL: '', CROSSWALK_PORT: ' ' }, '/srv'), readEnvironment({}, '/srv'))
})

for (const [name, value] of [
  ['CROSSWALK_INTEGRATIONS', 'HaloPSA'],
  ['CROSSWALK_PORT', '65536'],
  ['CROSSWALK_PORT', '70a'],
  ['CROSSWALK_PORT', '-1'],
  ['CROSSWALK_WORKERS', '1.5'],
  ['CROSSWALK_WORKERS', '1000'],
  ['CROSSWALK_TAKEOVER_SECONDS', '2'],
  ['CROSSWALK_MIN_WAIT_SECONDS', '0'],
  ['CROSSWALK_HOST', 'http://localhost'],
  ['CROSSWALK_PUBLIC_HOSTS', 'https://crosswalk.example.com'],
  ['CROSSWALK_TRUSTED_PROXIES', '10.0.0.0/8, proxy'],
  ['CROSSWALK_ALLOW_PLAIN_HTTP', 'yes'],
  ['CROSSWALK_SESSION_IDLE_MINUTES', '0'],
  ['CROSSWALK_SMTP_URL', 'mail.example.com'],
  ['CROSSWALK_MASTER_KEY', 'short'],
  ['CROSSWALK_MASTER_KEY', Buffer.alloc(31).toString('base64')],
  ['CROSSWALK_ADMIN_API_KEY', 'short'],
  ['CROSSWALK_ADMIN_API_KEY', 'has a space in the middle'],
  ['CROSSWALK_SANDBOX', 'on'],
  ['CROSSWALK_RUNNER_SHARING', 'all'],
  ['CROSSWALK_LOG_LEVEL', 'loud'],
  ['CROSSWALK_EGRESS_ALLOW', 'https://psa.internal'],
  ['CROSSWALK_EGRESS_ALLOW', '10.0.0.0/33'],
  ['CROSSWALK_EGRESS_ALLOW', 'psa.internal:0'],
  ['DATABASE_URL', 'mysql://root@localhost/db'],
  ['DATABASE_URL', 'postgresql://localhost'],
] as const) {
  test(`${name}=${value} is refused by its name`, () => {
    assert.throws(() => readEnvironment({ [name]: value }, '/srv'), refused(new RegExp(`^${name} `)))
  })
}

test('half of a certificate is refused by the name of the other half', () => {
  assert.throws(() => readEnvironment({ CROSSWALK_TLS_CERT: 'cert.pem' }, '/srv'), refused(/^CROSSWALK_TLS_KEY is missing/))
  assert.throws(() => readEnvironment({ CROSSWALK_TLS_KEY: 'key.pem' }, '/srv'), refused(/^CROSSWALK_TLS_CERT is missing/))
})

test('what is secret is not repeated in the refusal', () => {
  for (const [name, value] of Object.entries({
    DATABASE_URL: 'postgresql//me:hunter2@db/x',
    CROSSWALK_MASTER_KEY: 'hunter2',
    CROSSWALK_ADMIN_API_KEY: 'hunter2',
  })) {
    assert.throws(
      () => readEnvironment({ [name]: value }, '/srv'),
      (error: Error) => !error.message.includes('hunter2'),
    )
  }
})

test('a secrets backend that there is not, or whose vault is not named, is refused, not ignored', () => {
  for (const env of [
    { CROSSWALK_SECRETS_BACKEND: 'vault' },
    { CROSSWALK_SECRETS_BACKEND: 'azure-key-vault' },
    { AZURE_KEY_VAULT_URL: 'http://my-vault.vault.azure.net' },
    { AZURE_KEY_VAULT_URL: 'https://my-vault.vault.azure.net/secrets/one' },
  ])
    assert.throws(
      () => readEnvironment(env, '/srv'),
      (error) => error instanceof StartError && error.code === 'environment_invalid',
    )
})

test('the master key is read from a file, or from what a command prints, and neither gets into an error', async () => {
  await using folder = await temporaryDirectory()
  const key = Buffer.alloc(32, 9).toString('base64')
  await writeFile(join(folder.path, 'key'), `${key}\n`)
  const read = (env: NodeJS.ProcessEnv) => readEnvironment(env, folder.path).masterKey
  assert.equal(read({ CROSSWALK_MASTER_KEY_FILE: 'key' }), key)
  const printing = `"${process.execPath}" -p "Buffer.alloc(32, 9).toString('base64')"`
  assert.equal(read({ CROSSWALK_MASTER_KEY_COMMAND: printing }), key)
  const other = Buffer.alloc(32, 8).toString('base64')
  assert.equal(read({ CROSSWALK_MASTER_KEY: other, CROSSWALK_MASTER_KEY_FILE: 'key' }), other)
  for (const env of [
    { CROSSWALK_MASTER_KEY_FILE: 'not-there' },
    { CROSSWALK_MASTER_KEY_COMMAND: `"${process.execPath}" -p "'hunter2'"` },
    { CROSSWALK_MASTER_KEY_COMMAND: `"${process.execPath}" -e "process.exit(3)"` },
  ])
    assert.throws(
      () => read(env),
      (error) => error instanceof StartError && error.code === 'environment_invalid' && !error.message.includes('hunter2'),
    )
})
