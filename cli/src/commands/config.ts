import { type Config, deleteConfig, listConfig, setConfig } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { usageError } from '../failure.ts'
import { changingCall, type IfMatch, ifMatchOption } from '../if-match.ts'
import { inLine, time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { organizationHelp } from './organization-reference.ts'
import { readJsonArgument } from './pairs.ts'
import { globalOption, ownerInWords, scopeColumn, scopeFilterOf, scopeOf } from './value-scope.ts'

const columns: Column<Config>[] = [
  { title: 'KEY', value: ({ key }) => key, isWhole: true },
  scopeColumn,
  { title: 'VALUE', value: ({ value }) => inLine(value) },
  { title: 'CHANGED', value: ({ updated_at }) => time(updated_at) },
  { title: 'BY', value: ({ updated_by }) => updated_by },
]

export function configCommands(cli: Cli): Command {
  const { terminal } = cli
  const list = addPageOptions(makeCommand('list', 'List config values by key.', ['config list', 'config list --org "Acme Corp"']))
    .option('--org <organization>', `only those of one organization: ${organizationHelp}`)
    .option('--global', 'only the global ones')
    .action(async (options: PageOptions & { org?: string; global?: boolean }) => {
      const filter = await scopeFilterOf(cli, options)
      const call = await cli.call()
      const whenEmpty = 'There are no config values. Set one with: crosswalk config set <key> <value>'
      await showList(terminal, options, { key: 'config', read: (page) => listConfig({ ...filter, ...page }, call), columns, whenEmpty })
    })

  const set = makeCommand('set', 'Set a config value, or replace it.', [
    'config set myintegration_api_url https://api.example.com',
    'config set limits --value-json \'{"users": 10}\' --org "Acme Corp"',
  ])
    .argument('<key>')
    .argument('[value]', 'a text, kept as it is')
    .option('--value-json <json>', 'any JSON instead, @file or - for standard input')
    .option('--org <organization>', `only for this organization: ${organizationHelp}. Without it for all`)
    .addOption(globalOption)
    .option('--json', "print the server's JSON")
    .addOption(ifMatchOption())
    .action(async (key: string, text: string | undefined, options: IfMatch & { valueJson?: string; org?: string; json?: boolean }) => {
      if ((text === undefined) === (options.valueJson === undefined)) throw usageError('Give either a value or --value-json.')
      const value = options.valueJson === undefined ? text : await readJsonArgument(terminal, options.valueJson, '--value-json')
      const body = await setConfig(key, { value, ...(await scopeOf(cli, options.org)) }, await changingCall(cli, options))
      const whom = options.json ? '' : await ownerInWords(cli, body.org_id)
      printAnswer(terminal, body, options, () => note(terminal, `Set ${body.key} ${whom}.`))
    })

  const remove = makeCommand('delete', 'Delete a config value.', ['config delete myintegration_api_url'])
    .argument('<key>')
    .option('--org <organization>', `that of this organization: ${organizationHelp}. Without it the global one`)
    .addOption(globalOption)
    .option('--json', "print the server's JSON, which is none")
    .addOption(ifMatchOption())
    .action(async (key: string, options: IfMatch & { org?: string; json?: boolean }) => {
      await deleteConfig(key, await scopeOf(cli, options.org), await changingCall(cli, options))
      if (!options.json) note(terminal, `Deleted ${key}.`)
    })

  return makeGroup(
    'config',
    'Plain values for author code.',
    ['config list', 'config set myintegration_api_url https://api.example.com'],
    [list, set, remove],
  )
}
