import { type AuditEvent, type ListAuditEventsParams, listAuditEvents } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { inLine, time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import type { Column } from '../output/table.ts'
import { auditSinksCommand } from './audit-sinks.ts'
import { auditVerifyCommand } from './audit-verify.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'

/** What changed, shortly: `name: Acme → Acme Ltd`. */
function changesText({ changes }: AuditEvent): string {
  const texts = Object.entries(changes).map(([field, { before, after }]) => `${field}: ${inLine(before)} → ${inLine(after)}`)
  return texts.join(', ') || '-'
}

/** With its name first where it has one: of a mapping, its external organization. */
function targetText({ target }: AuditEvent): string {
  return [target.type, target.name, target.id].filter((part) => typeof part === 'string' && part !== '').join(' ')
}

const columns: Column<AuditEvent>[] = [
  { title: 'AT', value: ({ at }) => time(at), isWhole: true },
  { title: 'ACTOR', value: ({ actor }) => actor.name },
  { title: 'ACTION', value: ({ action }) => action, isWhole: true },
  { title: 'ORGANIZATION', value: ({ org_name }) => org_name ?? '-' },
  { title: 'TARGET', value: targetText },
  { title: 'CHANGES', value: changesText },
]

type AuditOptions = {
  org?: string
  action?: string
  actor?: string
  search?: string
  target?: string
  since?: string
  until?: string
}

export function auditCommand(cli: Cli): Command {
  const audit = addPageOptions(
    makeCommand('audit', 'List who did what, newest first.', [
      'audit',
      'audit --org "Acme Corp" --action secret.set',
      'audit --action config',
      'audit --search "mapping changed" --since 2026-11-27T00:00:00Z',
    ]),
  )
    .option('--org <organization>', organizationHelp)
    .option('--action <action>', 'as config.set; or config, for everything that was done to config')
    .option('--actor <actor>', 'the id of who acted, or part of the name')
    .option('--search <words>', 'words in what was done, or in a name: mapping changed')
    .option('--target <id>', 'only what was done to the thing with this id')
    .option('--since <time>', 'done at this time or later, as 2026-11-27T00:00:00Z')
    .option('--until <time>', 'done before this time')
    .action(async (options: PageOptions & AuditOptions) => {
      const filter: ListAuditEventsParams = {
        ...(options.org === undefined ? {} : { org_id: await organizationIdOf(cli, options.org) }),
        ...(options.action === undefined ? {} : { action: options.action }),
        ...(options.actor === undefined ? {} : { actor: options.actor }),
        ...(options.search === undefined ? {} : { search: options.search }),
        ...(options.target === undefined ? {} : { target_id: options.target }),
        ...(options.since === undefined ? {} : { since: options.since }),
        ...(options.until === undefined ? {} : { until: options.until }),
      }
      const call = await cli.call()
      await showList(cli.terminal, options, {
        key: 'events',
        read: (page) => listAuditEvents({ ...filter, ...page }, call),
        columns,
        whenEmpty: 'There are no such events.',
      })
    })
  return audit.addCommand(auditVerifyCommand(cli)).addCommand(auditSinksCommand(cli))
}
