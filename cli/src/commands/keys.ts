import { type ApiKey, createKey, listKeys, type MadeApiKey, revokeKey, rotateKey } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { CommandError, usageError } from '../failure.ts'
import { time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer, printLine } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { addReachOptions, grantOf, grantText, type ReachOptions } from './grant-options.ts'
import { gather } from './pairs.ts'

const columns: Column<ApiKey>[] = [
  { title: 'ID', value: ({ id }) => id, isWhole: true },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'KEY', value: ({ prefix }) => `${prefix}…` },
  { title: 'STATE', value: ({ state, value_ended_at }) => (state === 'active' && value_ended_at ? 'rotate it' : state) },
  { title: 'GRANTS', value: ({ grants }) => grants.map(grantText).join('; ') },
  { title: 'MADE BY', value: ({ made_by }) => made_by.name },
  { title: 'USED', value: ({ last_used_at }) => time(last_used_at) },
  { title: 'ENDS', value: ({ expires_at }) => time(expires_at) },
]

const keyHelp = "the key's id or its exact name"
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** @throws CommandError key_not_found, key_ambiguous */
async function keyIdOf(cli: Cli, text: string): Promise<string> {
  if (uuidPattern.test(text)) return text
  const found: ApiKey[] = []
  let cursor: string | undefined
  do {
    const page = await listKeys({ limit: 200, ...(cursor === undefined ? {} : { cursor }) }, await cli.call())
    found.push(...page.keys.filter(({ name }) => name === text))
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  const [only] = found
  if (!only) throw new CommandError('key_not_found', `There is no key named ${text}. See: crosswalk keys list.`)
  if (found.length > 1) {
    const ids = found.map(({ id, prefix }) => `${id} (${prefix}…)`).join(', ')
    throw new CommandError('key_ambiguous', `${found.length} keys are named ${text}. Give the id of one: ${ids}.`)
  }
  return only.id
}

export function keyCommands(cli: Cli): Command {
  const { terminal } = cli
  const show = (made: MadeApiKey, options: { json?: boolean }) =>
    printAnswer(terminal, made, options, ({ key, name, expires_at }) => {
      printLine(terminal, key)
      note(terminal, `The key ${name} ${expires_at ? `ends ${time(expires_at)}` : 'has no end'}. It is shown this once: keep it now.`)
    })

  const list = addPageOptions(makeCommand('list', 'List API keys, newest first, without the keys themselves.', ['keys list']))
    .option('--revoked', 'those that were revoked, too')
    .action(async (options: PageOptions & { revoked?: boolean }) => {
      const call = await cli.call()
      await showList(terminal, options, {
        key: 'keys',
        read: (page) => listKeys({ ...(options.revoked ? { include_revoked: 'true' as const } : {}), ...page }, call),
        columns,
        whenEmpty: 'There are no API keys but the administrator key. Make one with: crosswalk keys create <name> --role viewer',
      })
    })

  const create = addReachOptions(
    makeCommand('create', 'Make an API key, and print it. Without a reach it is for all organizations.', [
      'keys create reports --role viewer',
      'keys create nightly --role technician --workflow sync_users',
      'keys create provisioning --role engineer --tag gold --expires 2027-01-01T00:00:00Z',
    ]),
  )
    .argument('<name>', 'what it is for')
    .requiredOption('--role <name>', 'what it may do: see `crosswalk roles list`')
    .option('--expires <time>', 'when it ends, as 2027-01-01T00:00:00Z')
    .option('--address <address>', 'an address or network that it is taken from; may be repeated', gather)
    .option('--json', "print the server's JSON")
    .action(async (name: string, options: ReachOptions & { role: string; expires?: string; address?: string[]; json?: boolean }) => {
      const draft = {
        name,
        grants: [await grantOf(cli, options)],
        ...(options.expires === undefined ? {} : { expires_at: options.expires }),
        ...(options.address ? { addresses: options.address } : {}),
      }
      show(await createKey(draft, await cli.call()), options)
    })

  const rotate = makeCommand('rotate', 'Replace a key by a new one, and print it. The one before is taken for another day.', [
    'keys rotate reports',
    'keys rotate reports --overlap 0',
  ])
    .argument('<key>', keyHelp)
    .option('--overlap <minutes>', 'how long the one before is taken; 0 ends it at once')
    .option('--json', "print the server's JSON")
    .action(async (text: string, options: { overlap?: string; json?: boolean }) => {
      const minutes = options.overlap === undefined ? undefined : Number(options.overlap)
      if (!/^\d{1,9}$/.test(options.overlap ?? '0')) throw usageError('--overlap takes a whole number of minutes.')
      const id = await keyIdOf(cli, text)
      show(await rotateKey(id, minutes === undefined ? {} : { overlap_minutes: minutes }, await cli.call()), options)
    })

  const revoke = makeCommand('revoke', 'End a key, and the keys that it made, at once and everywhere.', ['keys revoke reports'])
    .argument('<key>', keyHelp)
    .option('--json', "print the server's JSON, which is none")
    .action(async (text: string, options: { json?: boolean }) => {
      await revokeKey(await keyIdOf(cli, text), await cli.call())
      if (!options.json) note(terminal, `Revoked ${text}.`)
    })

  return makeGroup(
    'keys',
    'API keys for programs, each with what it may do.',
    ['keys list', 'keys create reports --role viewer'],
    [list, create, rotate, revoke],
  )
}
