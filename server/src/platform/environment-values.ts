import { resolve } from 'node:path'
import { parseEgressRule } from './egress-rules.ts'
import { addressList } from './http/addresses.ts'
import type { CertificateFiles } from './http/certificate.ts'
import { StartError } from './start-error.ts'

// What a variable of the environment may be. Each form refuses what it does not take with a StartError of the code environment_invalid,
// which names the variable and says what to set it to.

export function invalid(name: string, isWrong: string, remedy: string): StartError {
  return new StartError('environment_invalid', `${name} ${isWrong}. ${remedy}`)
}

export function wholeNumber(name: string, text: string, max: number, min = 0): number {
  const value = Number(text)
  if (/^\d{1,6}$/.test(text) && value >= min && value <= max) return value
  throw invalid(name, `is ${JSON.stringify(text)}`, `Set it to a whole number from ${min} to ${max}.`)
}

export function oneOf<const Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text)
  if (choice !== undefined) return choice
  throw invalid(name, `is ${JSON.stringify(text)}`, `Set it to one of ${choices.join(', ')}.`)
}

/** The value stays out of the sentence: it holds a password. */
export function databaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return text
  throw invalid('DATABASE_URL', 'is not the address of a PostgreSQL database', 'Set it to postgresql://user:password@host:5432/database.')
}

export function adminApiKey(text: string): string {
  if (text.length >= 16 && /^[\x21-\x7e]+$/.test(text)) return text
  throw invalid(
    'CROSSWALK_ADMIN_API_KEY',
    'is not usable as an API key',
    'Set it to at least 16 characters without spaces, for instance from: openssl rand -hex 32',
  )
}

export function egressAllow(text: string): string[] {
  const entries = text.split(',').flatMap((entry) => entry.trim() || [])
  const wrong = entries.find((entry) => !parseEgressRule(entry))
  if (wrong === undefined) return entries
  throw invalid(
    'CROSSWALK_EGRESS_ALLOW',
    `has ${JSON.stringify(wrong)}, which is no host, address or network`,
    'Set it to entries such as psa.internal, psa.internal:8443, 10.0.0.5 and 10.0.0.0/8, with commas between them.',
  )
}

export const vaultUrlRemedy = 'Set it to the address of the vault, such as https://my-vault.vault.azure.net.'

export function keyVaultUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' && url.username === '' && url.pathname === '/' && url.search === '') return url.origin
  throw invalid('AZURE_KEY_VAULT_URL', `is ${JSON.stringify(text)}`, vaultUrlRemedy)
}

export function hostName(text: string): string {
  if (/^[A-Za-z0-9._:%-]+$/.test(text)) return text
  throw invalid(
    'CROSSWALK_HOST',
    `is ${JSON.stringify(text)}`,
    'Set it to the address to listen on, such as 127.0.0.1 or 0.0.0.0, without a port.',
  )
}

/** The value stays out of the sentence: it holds a password. */
export function smtpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^smtps?:$/.test(url.protocol) && url.hostname !== '') return text
  throw invalid(
    'CROSSWALK_SMTP_URL',
    'is not the address of a mail server',
    'Set it to smtp://user:password@host:587 or smtps://user:password@host.',
  )
}

export function mail(url: string | null, from: string | undefined): { url: string; from: string } | null {
  if (url === null) return null
  if (from !== undefined && /^[^\r\n]*[^\s@]+@[^\s@]+$/.test(from.replace(/>$/, ''))) return { url, from }
  throw invalid(
    'CROSSWALK_MAIL_FROM',
    from === undefined ? 'is missing, and CROSSWALK_SMTP_URL is set' : `is ${JSON.stringify(from)}`,
    'Set it to what mails are from, such as Crosswalk <crosswalk@example.com>.',
  )
}

export function syslogUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^(udp|tcp|tls):$/.test(url.protocol) && url.hostname !== '' && url.port !== '' && !url.username && !url.search) return text
  throw invalid('CROSSWALK_AUDIT_SYSLOG', `is ${JSON.stringify(text)}`, 'Set it to tls://siem.example.com:6514, or with tcp:// or udp://.')
}

/** The value stays out of the sentence: it may hold a token. */
export function auditWebhookUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && !url.username) return text
  throw invalid('CROSSWALK_AUDIT_WEBHOOK', 'is no address', 'Set it to https://siem.example.com/crosswalk.')
}

export function auditWebhook(url: string | null, secret: string | undefined): { url: string; secret: string } | null {
  if (url === null) return null
  if (secret !== undefined && secret.length >= 24) return { url, secret }
  throw invalid(
    'CROSSWALK_AUDIT_WEBHOOK_SECRET',
    secret === undefined ? 'is missing, and CROSSWALK_AUDIT_WEBHOOK is set' : 'is too short',
    'Set it to at least 24 characters, for instance from: openssl rand -base64 32. The receiver checks signatures with it.',
  )
}

export function certificateFiles(cwd: string, certificate: string | undefined, key: string | undefined): CertificateFiles | null {
  if (certificate === undefined && key === undefined) return null
  if (certificate !== undefined && key !== undefined) return { certificateFile: resolve(cwd, certificate), keyFile: resolve(cwd, key) }
  const [missing, given] = key === undefined ? ['CROSSWALK_TLS_KEY', 'CROSSWALK_TLS_CERT'] : ['CROSSWALK_TLS_CERT', 'CROSSWALK_TLS_KEY']
  throw invalid(missing, `is missing, and ${given} is set`, 'Set both: the file of the certificate, and the file of its key.')
}

/** @returns the parts of a text with commas, none of them empty */
function listOf(name: string, text: string, isOne: (part: string) => boolean, remedy: string): string[] {
  const parts = text.split(',').map((part) => part.trim())
  const wrong = parts.find((part) => !isOne(part))
  if (wrong === undefined) return parts
  throw invalid(name, `has ${JSON.stringify(wrong)} in it`, remedy)
}

export const publicHosts = (text: string) =>
  listOf(
    'CROSSWALK_PUBLIC_HOSTS',
    text.toLowerCase(),
    (part) => /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/.test(part),
    'Set it to names with commas between them, without https:// and without a port, such as crosswalk.example.com.',
  )

export const trustedProxies = (text: string) =>
  listOf(
    'CROSSWALK_TRUSTED_PROXIES',
    text,
    (part) => addressList([part]) !== undefined,
    'Set it to addresses and networks with commas between them, such as 127.0.0.1, 10.0.0.0/8.',
  )

export const integrationNames = (text: string): 'all' | readonly string[] =>
  text === 'all'
    ? 'all'
    : text === 'none'
      ? []
      : listOf(
          'CROSSWALK_INTEGRATIONS',
          text,
          (part) => /^[a-z][a-z0-9_]{0,49}$/.test(part),
          'Set it to all, none, or names with commas between them, such as halopsa, ninjaone.',
        )
