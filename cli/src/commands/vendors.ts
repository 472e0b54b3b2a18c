import { listVendors, type Vendor } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { duration, time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import type { Column } from '../output/table.ts'

type Limit = Vendor['limits'][number]

const limitText = (limit: Limit) =>
  'parallel' in limit ? `${limit.used} of ${limit.parallel} at once` : `${limit.used} of ${limit.requests} in ${duration(limit.per_ms)}`

function stateText({ paused, down }: Vendor): string {
  const { organizations = null } = down ?? {}
  const whose = organizations === null ? '' : ` for ${organizations} ${organizations === 1 ? 'organization' : 'organizations'}`
  if (down) return `down${whose} (${down.reason}), tried again at ${time(down.until)}`
  return paused ? `paused until ${time(paused.until)} (${paused.reason})` : 'ok'
}

/** What tells it from others of the same owner. */
function credentialText({ credential: { keys, tenant, connection, mapping_id } }: Vendor): string {
  const parts = [
    ...(connection === null ? [] : [`connection ${connection}`]),
    ...(mapping_id === null ? [] : [`mapping ${mapping_id}`]),
    ...keys,
    ...(tenant === null ? [] : [`tenant ${tenant}`]),
  ]
  return parts.join(', ') || '-'
}

const columns: Column<Vendor>[] = [
  { title: 'INTEGRATION', value: ({ integration_name }) => integration_name ?? '-' },
  { title: 'HOST', value: ({ host }) => host, isWhole: true },
  { title: 'CREDENTIAL OF', value: ({ org_id }) => org_id ?? 'everybody' },
  { title: 'CREDENTIAL', value: credentialText },
  { title: 'USED', value: ({ limits }) => limits.map(limitText).join('; ') || '-' },
  { title: 'WAITING', value: ({ waiting }) => waiting.people + waiting.background },
  { title: 'LAST USED', value: ({ last_used_at }) => time(last_used_at) },
  { title: 'STATE', value: stateText },
]

/** `vendors`: how the budgets of vendors are. */
export function vendorCommands(cli: Cli): Command {
  const list = addPageOptions(
    makeCommand('list', 'List the hosts that author code calls: use of limits, waiting calls, pauses.', [
      'vendors list',
      'vendors list --integration halopsa',
    ]),
  )
    .option('--integration <name>', 'only those of this integration')
    .action(async ({ integration, ...options }: PageOptions & { integration?: string }) => {
      const call = await cli.call()
      await showList(cli.terminal, options, {
        key: 'vendors',
        read: (page) => listVendors({ ...(integration === undefined ? {} : { integration }), ...page }, call),
        columns,
        whenEmpty: 'No vendor was called with context.http yet.',
      })
    })
  return makeGroup('vendors', 'How often vendors are called, and what waits for them.', ['vendors list'], [list])
}
