import { getSecret, restoreSecret, type SecretDetails, setSecretExpiry } from '@crosswalk/client'
import { type Command, InvalidArgumentError } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { usageError } from '../failure.ts'
import { time } from '../output/format.ts'
import { note, printAnswer, printFields, printLine, printTable } from '../output/print.ts'
import type { Terminal } from '../output/terminal.ts'
import { organizationHelp } from './organization-reference.ts'
import { globalOption, ownerInWords, scopeOf } from './value-scope.ts'

type Options = { org?: string; json?: boolean }

const addScope = (command: Command) =>
  command
    .option('--org <organization>', `that of this organization: ${organizationHelp}. Without it the global one`)
    .addOption(globalOption)
    .option('--json', "print the server's JSON")

function versionOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a number, as `secrets show` lists them.')
}

/** The form that the API takes. */
export function expiryOf(text: string): string {
  const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('It is a day or a time, as 2027-01-01 or 2027-01-01T00:00:00Z.')
  return at.toISOString()
}

function showDetails(terminal: Terminal, secret: SecretDetails): void {
  printFields(terminal, {
    Key: secret.key,
    Scope: secret.org_id ?? 'global',
    Kept: secret.backend === 'database' ? 'in the database' : 'in Azure Key Vault',
    Expires: secret.expires_at === null ? 'never' : time(secret.expires_at),
    'Needed by': secret.declared_by.map(({ display_name }) => display_name).join(', ') || 'no integration says so',
    'Last read': secret.last_read
      ? `${time(secret.last_read.read_at)} by ${secret.last_read.name} (${secret.last_read.execution_id})`
      : 'never',
  })
  printLine(terminal, '')
  printTable(terminal, secret.versions, [
    { title: 'VERSION', value: ({ version, is_current }) => `${version}${is_current ? ' (now)' : ''}` },
    { title: 'SET', value: ({ set_at }) => time(set_at) },
    { title: 'BY', value: ({ set_by }) => set_by },
  ])
  if (secret.read_by.length === 0) return
  printLine(terminal, '')
  printTable(terminal, secret.read_by, [
    { title: 'READ BY', value: ({ name }) => name },
    { title: 'KIND', value: ({ kind }) => kind },
    { title: 'LAST', value: ({ read_at }) => time(read_at) },
    { title: 'EXECUTION', value: ({ execution_id }) => execution_id, isWhole: true },
  ])
}

/** What is known of one secret, its earlier versions and its expiry. */
export function secretVersionCommands(cli: Cli): Command[] {
  const { terminal } = cli
  const show = addScope(
    makeCommand('show', 'Show what is known of a secret: its versions, what needs and what read it. Never its value.', [
      'secrets show myintegration_api_key',
    ]).argument('<key>'),
  ).action(async (key: string, options: Options) => {
    const secret = await getSecret(key, await scopeOf(cli, options.org), await cli.call())
    printAnswer(terminal, secret, options, () => showDetails(terminal, secret))
  })

  const restore = addScope(
    makeCommand('restore', 'Set a secret to what it was in an earlier version. `secrets show` lists them.', [
      'secrets restore myintegration_api_key 3',
    ])
      .argument('<key>')
      .argument('<version>', 'which one', versionOf),
  ).action(async (key: string, version: number, options: Options) => {
    const secret = await restoreSecret(key, { version }, await scopeOf(cli, options.org), await cli.call())
    const whom = options.json ? '' : await ownerInWords(cli, secret.org_id)
    printAnswer(terminal, secret, options, () =>
      note(terminal, `${secret.key} ${whom} is again what it was in version ${version}; that is version ${secret.version} now.`),
    )
  })

  const expire = addScope(
    makeCommand('expire', 'Say when a secret expires, so that you are warned before. It works on.', [
      'secrets expire myintegration_api_key --on 2027-01-01',
      'secrets expire myintegration_api_key --never',
    ])
      .argument('<key>')
      .option('--on <time>', 'a day or a time, as 2027-01-01 or 2027-01-01T00:00:00Z', expiryOf)
      .option('--never', 'it does not expire'),
  ).action(async (key: string, options: Options & { on?: string; never?: boolean }) => {
    if ((options.on === undefined) === (options.never !== true)) throw usageError('Give one of --on and --never.')
    const body = { expires_at: options.on ?? null }
    const secret = await setSecretExpiry(key, body, await scopeOf(cli, options.org), await cli.call())
    printAnswer(terminal, secret, options, () =>
      note(terminal, secret.expires_at === null ? `${key} does not expire.` : `${key} expires ${time(secret.expires_at)}.`),
    )
  })
  return [show, restore, expire]
}
