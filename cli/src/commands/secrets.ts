import { deleteSecret, listSecrets, type Secret, setSecret } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { organizationHelp } from './organization-reference.ts'
import { rotateCommand } from './rotation.ts'
import { readSecretValue } from './secret-value.ts'
import { expiryOf, secretVersionCommands } from './secret-versions.ts'
import { moveCommand } from './secrets-move.ts'
import { globalOption, ownerInWords, scopeColumn, scopeFilterOf, scopeOf } from './value-scope.ts'
import { unwrapKeyCommand, wrapKeyCommand } from './wrapped-key.ts'

const columns: Column<Secret>[] = [
  { title: 'KEY', value: ({ key }) => key, isWhole: true },
  scopeColumn,
  { title: 'CHANGED', value: ({ updated_at }) => time(updated_at) },
  { title: 'BY', value: ({ updated_by }) => updated_by },
  { title: 'EXPIRES', value: ({ expires_at }) => time(expires_at) },
]

export function secretCommands(cli: Cli): Command {
  const { terminal } = cli
  const list = addPageOptions(
    makeCommand('list', 'List secrets by key, without their values.', ['secrets list', 'secrets list --org "Acme Corp"']),
  )
    .option('--org <organization>', `only those of one organization: ${organizationHelp}`)
    .option('--global', 'only the global ones')
    .action(async (options: PageOptions & { org?: string; global?: boolean }) => {
      const filter = await scopeFilterOf(cli, options)
      const call = await cli.call()
      const whenEmpty = 'There are no secrets. Set one with: crosswalk secrets set <key>'
      await showList(terminal, options, { key: 'secrets', read: (page) => listSecrets({ ...filter, ...page }, call), columns, whenEmpty })
    })

  const set = makeCommand(
    'set',
    'Set a secret, or replace its value, which is asked for, or read from standard input without its last line end.',
    ['secrets set myintegration_api_key', 'secrets set myintegration_api_key --org "Acme Corp" < key.txt'],
  )
    .argument('<key>')
    .option('--org <organization>', `only for this organization: ${organizationHelp}. Without it for all`)
    .addOption(globalOption)
    .option('--value <value>', 'the value itself. Other users of this machine can see it while the command runs, and your shell keeps it')
    .option('--expires <time>', 'when it expires, as 2027-01-01: you are warned before', expiryOf)
    .option('--json', "print the server's JSON")
    .action(async (key: string, options: { org?: string; value?: string; expires?: string; json?: boolean }) => {
      const scope = await scopeOf(cli, options.org)
      const call = await cli.call()
      const value = options.value ?? (await readSecretValue(terminal, key))
      const secret = await setSecret(
        { key, value, ...scope, ...(options.expires === undefined ? {} : { expires_at: options.expires }) },
        call,
      )
      const whom = options.json ? '' : await ownerInWords(cli, secret.org_id)
      printAnswer(terminal, secret, options, () => note(terminal, `Set ${secret.key} ${whom}.`))
    })

  const remove = makeCommand('delete', 'Delete a secret. It cannot be undone.', [
    'secrets delete myintegration_api_key',
    'secrets delete myintegration_api_key --org "Acme Corp"',
  ])
    .argument('<key>')
    .option('--org <organization>', `that of this organization: ${organizationHelp}. Without it the global one`)
    .addOption(globalOption)
    .option('--json', "print the server's JSON, which is none")
    .action(async (key: string, options: { org?: string; json?: boolean }) => {
      await deleteSecret(key, await scopeOf(cli, options.org), await cli.call())
      if (!options.json) note(terminal, `Deleted ${key}.`)
    })

  return makeGroup(
    'secrets',
    'Values for author code that are never shown again.',
    ['secrets list', 'secrets set myintegration_api_key'],
    [list, set, ...secretVersionCommands(cli), remove, rotateCommand(cli), wrapKeyCommand(cli), unwrapKeyCommand(cli), moveCommand(cli)],
  )
}
