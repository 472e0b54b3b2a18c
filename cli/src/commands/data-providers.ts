import { type DataProvider, listDataProviders, provideOptions } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { inLine, time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer, printTable } from '../output/print.ts'
import { showProgress } from '../output/progress.ts'
import type { Column } from '../output/table.ts'
import { parametersOfDataProvider } from '../schemas.ts'
import { noteProblems } from './integrations.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'
import { gather, pairHelp, readObject } from './pairs.ts'
import { parameterNames } from './workflows.ts'

const columns: Column<DataProvider>[] = [
  { title: 'NAME', value: ({ name }) => name, isWhole: true },
  { title: 'CATEGORY', value: ({ category }) => category || '-' },
  { title: 'PARAMETERS', value: ({ parameters_schema }) => parameterNames(parameters_schema) },
  { title: 'DESCRIPTION', value: ({ description }) => description || '-' },
]

export function dataProviderCommands(cli: Cli): Command {
  const { terminal } = cli
  const list = addPageOptions(makeCommand('list', 'List data providers by name.', ['data-providers list'])).action(
    async (options: PageOptions) => {
      const call = await cli.call()
      await showList(terminal, options, {
        key: 'data_providers',
        read: async (page) => {
          const body = await listDataProviders(page, call)
          if (!options.json) noteProblems(cli, body.problems)
          return body
        },
        columns,
        whenEmpty: 'There are no data providers. Write one in the data-providers/ folder of the workspace.',
      })
    },
  )

  const options = makeCommand('options', 'Ask a data provider for its options.', [
    'data-providers options list_tenant_mappings --org "Acme Corp"',
  ])
    .argument('<data-provider>', 'its name')
    .requiredOption('--org <organization>', organizationHelp)
    .option('--param <pair>', `a parameter: ${pairHelp}`, gather)
    .option('--params-json <json>', 'parameters as a JSON object, @file or - for standard input')
    .option('--json', "print the server's JSON")
    .action(async (name: string, given: { org: string; param?: string[]; paramsJson?: string; json?: boolean }) => {
      const parameters = await readObject(terminal, {
        pairs: given.param,
        json: given.paramsJson,
        option: '--params-json',
        findSchema: parametersOfDataProvider(cli, name),
      })
      const call = await cli.call(await organizationIdOf(cli, given.org))
      const progress = showProgress(terminal, `Asking ${name}`)
      const body = await provideOptions(name, parameters === undefined ? {} : { parameters }, undefined, call).finally(progress.stop)
      printAnswer(terminal, body, given, () => {
        if (body.options.length === 0) return note(terminal, 'There are no options.')
        printTable(terminal, body.options, [
          { title: 'VALUE', value: ({ value }) => inLine(value), isWhole: true },
          { title: 'LABEL', value: ({ label }) => label },
        ])
        if (body.cached) note(terminal, `As of ${time(body.cached_at)}.`)
      })
    })

  return makeGroup('data-providers', 'Options for the fields of forms.', ['data-providers list'], [list, options])
}
