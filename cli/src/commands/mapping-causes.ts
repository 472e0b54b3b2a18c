import { type ListMappingsOfAllAttention, listTestCauses, type TestCause, type TestMappingsBody, testMappings } from '@crosswalk/client'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { showList } from '../output/listing.ts'
import type { Column } from '../output/table.ts'
import { followBatch } from './following-batch.ts'
import { attentions } from './mapping-list.ts'
import { selectionHelp, selectionOf } from './organization-selection.ts'

const columns: Column<TestCause>[] = [
  { title: 'CAUSE', value: ({ cause }) => cause, isWhole: true },
  { title: 'COUNT', value: ({ count }) => count },
  { title: 'INTEGRATION', value: ({ integration_name }) => integration_name },
  { title: 'ORGANIZATIONS', value: ({ mappings }) => mappings.map(({ org_name }) => org_name).join(', ') },
  { title: 'MESSAGE', value: ({ message }) => message },
]

/** `mappings causes`: why connection tests fail. */
export function mappingCausesCommand(cli: Cli): Command {
  return makeCommand('causes', 'List why connection tests of mappings fail, the most frequent cause first.', ['mappings causes'])
    .option('--json', "print the server's JSON")
    .action(async (options: { json?: boolean }) => {
      const call = await cli.call()
      await showList(cli.terminal, options, {
        key: 'causes',
        read: async () => ({ ...(await listTestCauses(call)), next_cursor: null }),
        columns,
        whenEmpty: 'No test fails.',
      })
    })
}

type Options = {
  organizations: string
  integration?: string
  attention?: string
  search?: string
  cause?: string
  wait: boolean
  json?: boolean
}

/** `mappings test-many`: of all mappings that a filter matches, as one batch. */
export function mappingTestManyCommand(cli: Cli): Command {
  return makeCommand('test-many', 'Test the active mappings of many organizations. Exits with 1 unless all succeed.', [
    'mappings test-many',
    'mappings test-many --attention failing-test --no-wait',
  ])
    .option('--organizations <which>', selectionHelp, 'all')
    .option('--integration <name>', 'only those of this integration')
    .addOption(new Option('--attention <kind>', 'only those that need it').choices(Object.keys(attentions)))
    .option('--search <text>', "part of the organization's name, or of the external organization's name or id")
    .option('--cause <cause>', 'only those whose last test failed for it; mappings causes lists them')
    .option('--no-wait', 'only start it')
    .option('--json', "print the server's JSON of the batch")
    .action(async (options: Options) => {
      const attention: ListMappingsOfAllAttention | undefined = options.attention === undefined ? undefined : attentions[options.attention]
      const body: TestMappingsBody = {
        organizations: await selectionOf(cli, options.organizations),
        ...(options.integration === undefined ? {} : { integration_name: options.integration }),
        ...(attention === undefined ? {} : { attention }),
        ...(options.search === undefined ? {} : { search: options.search }),
        ...(options.cause === undefined ? {} : { cause: options.cause }),
      }
      const call = await cli.call()
      await followBatch(cli.terminal, call, await testMappings(body, call), options)
    })
}
