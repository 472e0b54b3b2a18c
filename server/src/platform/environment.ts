import { resolve } from 'node:path'
import {
  adminApiKey,
  auditWebhook,
  auditWebhookUrl,
  certificateFiles,
  databaseUrl,
  egressAllow,
  hostName,
  integrationNames,
  invalid,
  keyVaultUrl,
  mail,
  oneOf,
  publicHosts,
  smtpUrl,
  syslogUrl,
  trustedProxies,
  vaultUrlRemedy,
  wholeNumber,
} from './environment-values.ts'
import type { CertificateFiles } from './http/certificate.ts'
import { type GivenMasterKey, type MasterKeySource, masterKeySource, readMasterKey } from './master-key-setting.ts'
import { readProxies } from './outside-proxy.ts'

const sandboxModes = ['auto', 'required', 'off'] as const
const recordedBodies = ['off', 'failures'] as const
const runnerSharings = ['organization', 'trusted'] as const
const secretsBackends = ['database', 'azure-key-vault'] as const
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** What the operator decided, from environment variables. Paths are absolute. */
export type Environment = {
  /** Null: the embedded PostgreSQL. */
  databaseUrl: string | null
  dataDir: string
  workspaceDir: string
  /** Which of the integrations that come along are on. */
  integrations: 'all' | readonly string[]
  host: string
  /** 0 lets the system choose. */
  port: number
  workers: number
  /** A worker that is not heard of for this time counts as gone, and others take its executions over. Seconds. */
  takeoverSeconds: number
  /** A wait of an execution that is at least this long holds no place. Seconds. */
  minWaitSeconds: number
  /** Executions that may wait: of one organization, and of all. The API refuses more. */
  maxQueuedPerOrganization: number
  maxQueued: number
  /** Executions that run at once in all workers together: of one organization, and of all. Null: as many as the workers have places for. */
  maxRunningPerOrganization: number | null
  maxRunning: number | null
  /** Names that browsers and programs call this installation by, beside `host` and loopback. */
  publicHosts: readonly string[]
  /** Addresses and networks of proxies whose word is taken for where a request comes from. */
  trustedProxies: readonly string[]
  /** The files of the certificate that the API is served with. Null: plain HTTP. */
  tls: CertificateFiles | null
  /** The API listens beyond this machine although nothing encrypts what goes there. */
  allowsPlainHttp: boolean
  /** A database on another machine may be reached without TLS. */
  allowsPlainDatabase: boolean
  /** A mail server on another machine may be talked to without TLS. */
  allowsPlainMail: boolean
  /** What one address may have at once. */
  maxConnectionsPerAddress: number
  maxStreamsPerAddress: number
  /** An API process that is this late with what it has to do refuses requests until it is less so. 0: it never does. */
  overloadedAfterMs: number
  /** A session that nobody uses ends after this time. */
  sessionIdleMinutes: number
  /** The mail server that invitations are sent through, and what mails are from. Null: links are copied. */
  mail: { url: string; from: string } | null
  /** A token of a vendor that cannot be renewed for this time waits for a person. */
  renewalDays: number
  /** Executions are kept for this time, with their steps and logs. */
  retentionDays: number
  /** Audit events are kept for this time. Null: for good. */
  auditDays: number | null
  /** Where audit events are sent on to. */
  auditSyslog: string | null
  auditWebhook: { url: string; secret: string } | null
  /** What author code may reach although it is no address of the internet: host names, addresses and networks, some with a port. */
  egressAllow: string[]
  /** Null: the one kept in the data directory. */
  adminApiKey: string | null
  /** The administrator key, and the sessions that were opened with it, are refused. */
  isAdminKeyOff: boolean
  /** Null: the one kept in the data directory. */
  masterKey: GivenMasterKey | null
  /** Where it can be read again while the process runs. */
  masterKeySource: MasterKeySource | null
  /** A start builds the admin interface where what was built is not of its sources. */
  buildsInterface: boolean
  /** Where new values of secrets go. */
  secretsBackend: (typeof secretsBackends)[number]
  /** The vault that is read from, and written to where the backend is `azure-key-vault`. */
  keyVaultUrl: string | null
  /** How far the operating system must confine author code: as far as it can, at least by namespaces, or not at all. */
  sandbox: (typeof sandboxModes)[number]
  /** Who shares a process that runs author code: the executions of one organization, or those of all. */
  runnerSharing: (typeof runnerSharings)[number]
  /** The beginnings of bodies of failed calls to vendors are kept, without secrets. */
  recordBodies: (typeof recordedBodies)[number]
  logLevel: (typeof logLevels)[number]
}

/**
 * Reads what the operator set. A variable that is empty counts as not set.
 * Written out by hand: a schema library would add a quarter to the memory of the process that only supervises the others.
 *
 * @param cwd relative paths start here.
 * @throws StartError environment_invalid, naming the variable.
 */
export function readEnvironment(env: NodeJS.ProcessEnv, cwd: string): Environment {
  const given = (name: string) => env[name]?.trim() || undefined
  const read = <T>(name: string, parse: (text: string) => T) => {
    const text = given(name)
    return text === undefined ? null : parse(text)
  }
  const secretsBackend = oneOf('CROSSWALK_SECRETS_BACKEND', given('CROSSWALK_SECRETS_BACKEND') ?? 'database', secretsBackends)
  const vaultUrl = read('AZURE_KEY_VAULT_URL', keyVaultUrl)
  if (secretsBackend === 'azure-key-vault' && vaultUrl === null)
    throw invalid('AZURE_KEY_VAULT_URL', 'is missing, and CROSSWALK_SECRETS_BACKEND is azure-key-vault', vaultUrlRemedy)
  const proxies = readProxies(env)
  // Its value stays out of the sentence: it may hold a password.
  if ('problem' in proxies) throw invalid(proxies.variable, proxies.problem, 'Set it to http://proxy.example.com:3128, or unset it.')
  return {
    databaseUrl: read('DATABASE_URL', databaseUrl),
    dataDir: resolve(cwd, given('CROSSWALK_DATA_DIR') ?? '.crosswalk'),
    workspaceDir: resolve(cwd, given('CROSSWALK_WORKSPACE') ?? 'workspace'),
    integrations: integrationNames(given('CROSSWALK_INTEGRATIONS') ?? 'all'),
    host: hostName(given('CROSSWALK_HOST') ?? '127.0.0.1'),
    port: wholeNumber('CROSSWALK_PORT', given('CROSSWALK_PORT') ?? '7071', 65_535),
    workers: wholeNumber('CROSSWALK_WORKERS', given('CROSSWALK_WORKERS') ?? '1', 64),
    takeoverSeconds: wholeNumber('CROSSWALK_TAKEOVER_SECONDS', given('CROSSWALK_TAKEOVER_SECONDS') ?? '15', 600, 3),
    minWaitSeconds: wholeNumber('CROSSWALK_MIN_WAIT_SECONDS', given('CROSSWALK_MIN_WAIT_SECONDS') ?? '30', 86_400, 1),
    maxQueuedPerOrganization: wholeNumber(
      'CROSSWALK_MAX_QUEUED_PER_ORGANIZATION',
      given('CROSSWALK_MAX_QUEUED_PER_ORGANIZATION') ?? '20000',
      999_999,
      1,
    ),
    maxQueued: wholeNumber('CROSSWALK_MAX_QUEUED', given('CROSSWALK_MAX_QUEUED') ?? '200000', 999_999, 1),
    maxRunningPerOrganization: read('CROSSWALK_MAX_RUNNING_PER_ORGANIZATION', (text) =>
      wholeNumber('CROSSWALK_MAX_RUNNING_PER_ORGANIZATION', text, 999_999, 1),
    ),
    maxRunning: read('CROSSWALK_MAX_RUNNING', (text) => wholeNumber('CROSSWALK_MAX_RUNNING', text, 999_999, 1)),
    publicHosts: read('CROSSWALK_PUBLIC_HOSTS', publicHosts) ?? [],
    trustedProxies: read('CROSSWALK_TRUSTED_PROXIES', trustedProxies) ?? [],
    tls: certificateFiles(cwd, given('CROSSWALK_TLS_CERT'), given('CROSSWALK_TLS_KEY')),
    allowsPlainHttp: oneOf('CROSSWALK_ALLOW_PLAIN_HTTP', given('CROSSWALK_ALLOW_PLAIN_HTTP') ?? 'off', ['on', 'off']) === 'on',
    allowsPlainDatabase: oneOf('CROSSWALK_ALLOW_PLAIN_DATABASE', given('CROSSWALK_ALLOW_PLAIN_DATABASE') ?? 'off', ['on', 'off']) === 'on',
    allowsPlainMail: oneOf('CROSSWALK_ALLOW_PLAIN_MAIL', given('CROSSWALK_ALLOW_PLAIN_MAIL') ?? 'off', ['on', 'off']) === 'on',
    maxConnectionsPerAddress: wholeNumber(
      'CROSSWALK_MAX_CONNECTIONS_PER_ADDRESS',
      given('CROSSWALK_MAX_CONNECTIONS_PER_ADDRESS') ?? '512',
      100_000,
      1,
    ),
    overloadedAfterMs: wholeNumber('CROSSWALK_OVERLOADED_AFTER_MS', given('CROSSWALK_OVERLOADED_AFTER_MS') ?? '2000', 600_000),
    maxStreamsPerAddress: wholeNumber('CROSSWALK_MAX_STREAMS_PER_ADDRESS', given('CROSSWALK_MAX_STREAMS_PER_ADDRESS') ?? '100', 100_000, 1),
    sessionIdleMinutes: wholeNumber('CROSSWALK_SESSION_IDLE_MINUTES', given('CROSSWALK_SESSION_IDLE_MINUTES') ?? '720', 10_080, 1),
    mail: mail(read('CROSSWALK_SMTP_URL', smtpUrl), given('CROSSWALK_MAIL_FROM')),
    retentionDays: wholeNumber('CROSSWALK_RETENTION_DAYS', given('CROSSWALK_RETENTION_DAYS') ?? '90', 36_500, 1),
    renewalDays: wholeNumber('CROSSWALK_RENEWAL_DAYS', given('CROSSWALK_RENEWAL_DAYS') ?? '7', 365, 1),
    auditDays: read('CROSSWALK_AUDIT_DAYS', (text) => wholeNumber('CROSSWALK_AUDIT_DAYS', text, 36_500, 30)),
    auditSyslog: read('CROSSWALK_AUDIT_SYSLOG', syslogUrl),
    auditWebhook: auditWebhook(read('CROSSWALK_AUDIT_WEBHOOK', auditWebhookUrl), given('CROSSWALK_AUDIT_WEBHOOK_SECRET')),
    egressAllow: egressAllow(given('CROSSWALK_EGRESS_ALLOW') ?? ''),
    adminApiKey: read('CROSSWALK_ADMIN_API_KEY', adminApiKey),
    isAdminKeyOff: oneOf('CROSSWALK_ADMIN_KEY', given('CROSSWALK_ADMIN_KEY') ?? 'on', ['on', 'off']) === 'off',
    masterKey: readMasterKey(given, cwd),
    masterKeySource: masterKeySource(given, cwd),
    buildsInterface: oneOf('CROSSWALK_BUILD_INTERFACE', given('CROSSWALK_BUILD_INTERFACE') ?? 'on', ['on', 'off']) === 'on',
    secretsBackend,
    keyVaultUrl: vaultUrl,
    sandbox: oneOf('CROSSWALK_SANDBOX', given('CROSSWALK_SANDBOX') ?? 'auto', sandboxModes),
    runnerSharing: oneOf('CROSSWALK_RUNNER_SHARING', given('CROSSWALK_RUNNER_SHARING') ?? 'organization', runnerSharings),
    recordBodies: oneOf('CROSSWALK_RECORD_BODIES', given('CROSSWALK_RECORD_BODIES') ?? 'off', recordedBodies),
    logLevel: oneOf('CROSSWALK_LOG_LEVEL', given('CROSSWALK_LOG_LEVEL') ?? 'info', logLevels),
  }
}
