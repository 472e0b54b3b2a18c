import {
  createOrganization,
  deactivateOrganization,
  getOrganization,
  listOrganizations,
  type Organization,
  updateOrganization,
} from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { usageError } from '../failure.ts'
import { changingCall, type IfMatch, ifMatchOption } from '../if-match.ts'
import { time, yesOrNo } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer, printFields, printLine } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { fieldHelp, fieldPairs, fieldValuesOf, givenOnly } from './field-values.ts'
import { organizationFieldCommands } from './organization-fields.ts'
import { organizationImportCommand } from './organization-import.ts'
import { findNamed, organizationHelp, organizationIdOf } from './organization-reference.ts'
import { gather } from './pairs.ts'

const columns: Column<Organization>[] = [
  { title: 'ID', value: ({ id }) => id, isWhole: true },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'DOMAINS', value: ({ domains }) => domains.join(', ') || '-' },
  { title: 'ACTIVE', value: ({ is_active }) => yesOrNo(is_active) },
]

type Fields = { name?: string; domain?: string[]; tag?: string[]; field?: string[]; tenantId?: string; json?: boolean }

const fieldText = (value: string | number | boolean) => (typeof value === 'boolean' ? yesOrNo(value) : String(value))

/** As the server spells tags. */
const spelt = (tag: string) => tag.trim().normalize('NFC').toLowerCase()

export function organizationCommands(cli: Cli): Command {
  const { terminal } = cli
  const show = (organization: Organization, options: { json?: boolean }) =>
    printAnswer(terminal, organization, options, (body) =>
      printFields(terminal, {
        Name: body.name,
        Id: body.id,
        Domains: body.domains.join(', ') || '-',
        'Tenant id': body.tenant_id,
        Tags: body.tags.join(', ') || '-',
        ...Object.fromEntries(Object.entries(body.fields).map(([name, value]) => [name, fieldText(value)])),
        Active: yesOrNo(body.is_active),
        Created: time(body.created_at),
        Changed: time(body.updated_at),
      }),
    )

  const list = addPageOptions(makeCommand('list', 'List organizations, oldest first.', ['orgs list', 'orgs list --search acme']))
    .option('--search <text>', 'part of the name or of a domain')
    .option('--tag <name>', 'only those with this tag')
    .option('--field <name=value>', 'only those with this value of a custom field; without a value, those that have none', gather)
    .option('--inactive', 'only deactivated ones')
    .option('--active', 'only active ones')
    .action(async (options: PageOptions & { search?: string; tag?: string; field?: string[]; inactive?: boolean; active?: boolean }) => {
      const filter = {
        ...(options.search === undefined ? {} : { search: options.search }),
        ...(options.tag === undefined ? {} : { tag: options.tag }),
        ...Object.fromEntries(fieldPairs(options.field ?? []).map(([name, text]) => [`field.${name}`, text])),
        ...(options.active ? { is_active: 'true' as const } : options.inactive ? { is_active: 'false' as const } : {}),
      }
      const call = await cli.call()
      await showList(terminal, options, {
        key: 'organizations',
        read: (page) => listOrganizations({ ...filter, ...page }, call),
        columns,
        whenEmpty: 'There are no organizations. Add one with: crosswalk orgs create "Acme Corp"',
      })
    })

  const showOne = makeCommand('show', 'Show an organization.', ['orgs show "Acme Corp"'])
    .argument('<organization>', organizationHelp)
    .option('--json', "print the server's JSON")
    .action(async (text: string, options: { json?: boolean }) =>
      show(await getOrganization(await organizationIdOf(cli, text), await cli.call()), options),
    )

  const create = makeCommand('create', 'Add an organization.', ['orgs create "Acme Corp" --domain acme.example'])
    .argument('<name>')
    .option('--domain <name>', 'a domain; may be repeated', gather)
    .option('--tag <name>', 'a tag; may be repeated', gather)
    .option('--field <name=value>', fieldHelp, gather)
    .option('--tenant-id <id>', 'its Microsoft 365 tenant')
    .option('--if-missing', 'show the one of that name where there is one, and add none')
    .option('--json', "print the server's JSON")
    .action(async (name: string, options: Fields & { ifMissing?: boolean }) => {
      const existing = options.ifMissing ? await findNamed(cli, name) : undefined
      if (existing) return show(existing, options)
      const draft = {
        name,
        ...(options.domain ? { domains: options.domain } : {}),
        ...(options.tag ? { tags: options.tag } : {}),
        ...(options.field ? { fields: givenOnly(await fieldValuesOf(cli, options.field)) } : {}),
        ...(options.tenantId === undefined ? {} : { tenant_id: options.tenantId }),
      }
      show(await createOrganization(draft, await cli.call()), options)
    })

  const update = makeCommand('update', 'Change an organization, or activate it again.', [
    'orgs update "Acme Corp" --name "Acme Ltd"',
    'orgs update "Acme Corp" --activate',
  ])
    .argument('<organization>', organizationHelp)
    .option('--name <name>')
    .option('--domain <name>', 'its domains instead of those it has; may be repeated', gather)
    .option('--tag <name>', 'its tags instead of those it has; may be repeated, and an empty text removes all', gather)
    .option('--field <name=value>', `${fieldHelp}; without a value it is taken away`, gather)
    .option('--tenant-id <id>', 'its Microsoft 365 tenant; an empty text removes it')
    .option('--activate', 'undo the deactivation')
    .option('--json', "print the server's JSON")
    .addOption(ifMatchOption())
    .action(async (text: string, options: Fields & IfMatch & { activate?: boolean }) => {
      const patch = {
        ...(options.name === undefined ? {} : { name: options.name }),
        ...(options.domain ? { domains: options.domain.filter(Boolean) } : {}),
        ...(options.tag ? { tags: options.tag.filter(Boolean) } : {}),
        ...(options.field ? { fields: await fieldValuesOf(cli, options.field) } : {}),
        ...(options.tenantId === undefined ? {} : { tenant_id: options.tenantId || null }),
        ...(options.activate ? { is_active: true } : {}),
      }
      if (Object.keys(patch).length === 0)
        throw usageError('Say what to change: --name, --domain, --tag, --field, --tenant-id or --activate.')
      show(await updateOrganization(await organizationIdOf(cli, text), patch, await changingCall(cli, options)), options)
    })

  const deactivate = makeCommand('deactivate', 'Deactivate an organization. Its data is kept, and nothing runs for it any more.', [
    'orgs deactivate "Acme Corp"',
  ])
    .argument('<organization>', organizationHelp)
    .option('--json', "print the server's JSON, which is none")
    .addOption(ifMatchOption())
    .action(async (text: string, options: IfMatch & { json?: boolean }) => {
      const id = await organizationIdOf(cli, text)
      await deactivateOrganization(id, await changingCall(cli, options))
      if (!options.json) note(terminal, `Deactivated. To undo it: crosswalk orgs update ${id} --activate`)
    })

  const tag = makeCommand('tag', 'Give an organization tags, or take some away. The others stay.', [
    'orgs tag "Acme Corp" --add gold',
    'orgs tag "Acme Corp" --remove gold',
  ])
    .argument('<organization>', organizationHelp)
    .option('--add <tag>', 'a tag; may be repeated', gather)
    .option('--remove <tag>', 'a tag; may be repeated', gather)
    .option('--json', "print the server's JSON")
    .action(async (text: string, options: { add?: string[]; remove?: string[]; json?: boolean }) => {
      if (!options.add && !options.remove) throw usageError('Say which tags: --add or --remove.')
      const before = await getOrganization(await organizationIdOf(cli, text), await cli.call())
      const kept = before.tags.filter((known) => !options.remove?.some((given) => spelt(given) === known))
      const tags = [...new Set([...kept, ...(options.add ?? []).map(spelt)])].sort()
      // Nobody else's tags are lost: where they were changed meanwhile, nothing is.
      const after = await updateOrganization(before.id, { tags }, await changingCall(cli, { ifMatch: before.etag }))
      printAnswer(terminal, after, options, (body) => printLine(terminal, body.tags.join(', ') || 'No tags.'))
    })

  return makeGroup(
    'orgs',
    'The organizations that you look after.',
    ['orgs list', 'orgs create "Acme Corp"'],
    [list, showOne, create, update, tag, deactivate, organizationImportCommand(cli), organizationFieldCommands(cli)],
  )
}
