import { type ListMappingsOfAllAttention, listMappings, listMappingsOfAll, type Mapping, type MappingOfAll } from '@crosswalk/client'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { usageError } from '../failure.ts'
import { paintStatus, yesOrNo } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import type { Column } from '../output/table.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'

/** How the last test of a mapping went, in a word; and whether one since then was not made. */
export function lastTest({ last_test_success, last_not_tested_at }: Mapping): string {
  const made = last_test_success === null ? undefined : last_test_success ? 'ok' : 'failed'
  if (last_not_tested_at === null) return made ?? '-'
  return made === undefined ? 'not tested' : `${made}, not tested since`
}

const columns: Column<Mapping>[] = [
  { title: 'ID', value: ({ id }) => id, isWhole: true },
  { title: 'INTEGRATION', value: ({ integration_name }) => integration_name },
  { title: 'EXTERNAL ID', value: ({ external_org_id }) => external_org_id },
  { title: 'EXTERNAL NAME', value: ({ external_org_name }) => external_org_name || '-' },
  { title: 'ACTIVE', value: ({ is_active }) => yesOrNo(is_active) },
  { title: 'LAST TEST', value: lastTest, paint: paintStatus },
]

function stateOf({ external_state, external_renamed_to }: MappingOfAll): string {
  return external_state === 'renamed' ? `renamed to ${external_renamed_to ?? ''}` : external_state
}

const columnsOfAll: Column<MappingOfAll>[] = [
  { title: 'ID', value: ({ id }) => id, isWhole: true },
  { title: 'ORGANIZATION', value: ({ org_name }) => org_name },
  { title: 'INTEGRATION', value: ({ integration_name }) => integration_name },
  { title: 'EXTERNAL ID', value: ({ external_org_id }) => external_org_id },
  { title: 'EXTERNAL NAME', value: ({ external_org_name }) => external_org_name || '-' },
  { title: 'EXTERNAL STATE', value: stateOf },
  { title: 'LAST TEST', value: lastTest, paint: paintStatus },
]

/** What has to be repaired, and the link that does it. */
const columnsOfRepairs: Column<MappingOfAll>[] = [
  { title: 'ID', value: ({ id }) => id, isWhole: true },
  { title: 'ORGANIZATION', value: ({ org_name }) => org_name },
  { title: 'INTEGRATION', value: ({ integration_name }) => integration_name },
  { title: 'EXTERNAL NAME', value: ({ external_org_name }) => external_org_name || '-' },
  { title: 'PROBLEM', value: ({ problems }) => problems.map(({ problem }) => problem).join(' ') || '-' },
  { title: 'REPAIR', value: ({ problems }) => problems.find(({ repair_url }) => repair_url !== null)?.repair_url ?? '-', isWhole: true },
]

/** By their names on the command line. */
export const attentions: Record<string, ListMappingsOfAllAttention> = {
  'failing-test': 'failing_test',
  'needs-repair': 'needs_repair',
  gone: 'gone',
  renamed: 'renamed',
  'never-tested': 'never_tested',
}

type Options = PageOptions & { org?: string; integration?: string; inactive?: boolean; attention?: string; search?: string; cause?: string }

/** `mappings list`: of one organization, or of all. */
export function mappingListCommand(cli: Cli): Command {
  const { terminal } = cli

  async function listOfOne(org: string, options: Options): Promise<void> {
    const organizationId = await organizationIdOf(cli, org)
    const filter = {
      ...(options.inactive ? { activeOnly: 'false' as const } : {}),
      ...(options.integration === undefined ? {} : { integration_name: options.integration }),
    }
    const call = await cli.call()
    await showList(terminal, options, {
      key: 'mappings',
      read: (page) => listMappings(organizationId, { ...filter, ...page }, call),
      columns,
      whenEmpty: 'This organization has no mappings. Add one with: crosswalk mappings create',
    })
  }

  async function listOfAll(options: Options): Promise<void> {
    if (options.inactive) throw usageError('Deactivated mappings are listed for one organization: add --org.')
    const attention = options.attention === undefined ? undefined : attentions[options.attention]
    const filter = {
      ...(options.org === undefined ? {} : { org_id: await organizationIdOf(cli, options.org) }),
      ...(options.integration === undefined ? {} : { integration_name: options.integration }),
      ...(options.search === undefined ? {} : { search: options.search }),
      ...(attention === undefined ? {} : { attention }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    }
    const call = await cli.call()
    await showList(terminal, options, {
      key: 'mappings',
      read: (page) => listMappingsOfAll({ ...filter, ...page }, call),
      columns: attention === 'needs_repair' ? columnsOfRepairs : columnsOfAll,
      whenEmpty: attention === undefined ? 'There are no such mappings.' : 'No mapping needs this attention.',
    })
  }

  const description = 'List the mappings of an organization, or without one the active mappings of all, oldest first.'
  const examples = ['mappings list --org "Acme Corp"', 'mappings list --attention failing-test']
  return addPageOptions(makeCommand('list', description, examples))
    .option('--org <organization>', organizationHelp)
    .option('--integration <name>', 'only those of this integration')
    .option('--inactive', 'deactivated ones too; needs --org')
    .addOption(new Option('--attention <kind>', 'only those that need it').choices(Object.keys(attentions)))
    .option('--cause <cause>', 'only those whose last test failed for it: see mappings causes')
    .option('--search <text>', "part of the organization's name, or of the external organization's name or id")
    .action(async (options: Options) => {
      const isPlain = [options.attention, options.search, options.cause].every((filter) => filter === undefined)
      return options.org !== undefined && isPlain ? listOfOne(options.org, options) : listOfAll(options)
    })
}
