import {
  type ConnectionLink,
  listConnectionLinks,
  listConnections,
  makeConnectionLink,
  revokeConnection,
  revokeConnectionLink,
  type VendorConnection,
} from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'

const columns: Column<VendorConnection>[] = [
  { title: 'ID', value: ({ id }) => id, isWhole: true },
  { title: 'CONNECTION', value: ({ integration_name, name }) => `${integration_name}.${name}`, isWhole: true },
  { title: 'FOR', value: ({ org_id, mapping_id }) => (mapping_id ? `mapping ${mapping_id}` : (org_id ?? 'all')), isWhole: true },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'ACCOUNT', value: ({ external_id }) => external_id ?? '' },
  { title: 'CONNECTED BY', value: ({ connected_by }) => connected_by },
  { title: 'TOKEN UNTIL', value: ({ expires_at }) => (expires_at === null ? 'unknown' : time(expires_at)) },
  { title: 'RENEWED', value: ({ last_renewed_at }) => (last_renewed_at === null ? '' : time(last_renewed_at)) },
  { title: 'LAST FAILURE', value: ({ last_error }) => last_error?.message ?? '' },
]

const linkColumns: Column<ConnectionLink>[] = [
  { title: 'ID', value: ({ id }) => id, isWhole: true },
  { title: 'CONNECTION', value: ({ integration_name, name }) => `${integration_name}.${name}`, isWhole: true },
  { title: 'FOR', value: ({ org_id, mapping_id }) => (mapping_id ? `mapping ${mapping_id}` : (org_id ?? 'all')), isWhole: true },
  { title: 'MADE BY', value: ({ made_by }) => made_by },
  { title: 'GOOD UNTIL', value: ({ expires_at }) => time(expires_at) },
]

const consentStands = 'The vendor was not asked: the integration does not say how to end the consent. End it at the vendor.'

type Filter = { integration?: string; org?: string }

async function filterOf(cli: Cli, { integration, org }: Filter): Promise<{ integration_name?: string; org_id?: string }> {
  return {
    ...(integration === undefined ? {} : { integration_name: integration }),
    ...(org === undefined ? {} : { org_id: await organizationIdOf(cli, org) }),
  }
}

export function connectionCommands(cli: Cli): Command {
  const { terminal } = cli
  const list = addPageOptions(
    makeCommand('list', 'List what people have connected at vendors, and whether it is renewed.', [
      'connections list',
      'connections list --integration myintegration',
    ]),
  )
    .option('--integration <name>', 'only those of one integration')
    .option('--org <organization>', `only those of one organization: ${organizationHelp}`)
    .action(async (options: PageOptions & Filter) => {
      const [filter, call] = [await filterOf(cli, options), await cli.call()]
      const whenEmpty = 'Nothing is connected. Make a link with: crosswalk connections connect <integration> <name>'
      await showList(terminal, options, {
        key: 'connections',
        read: (page) => listConnections({ ...filter, ...page }, call),
        columns,
        whenEmpty,
      })
    })

  const connect = makeCommand('connect', 'Make a link by which someone connects at the vendor, in a browser, once, within seven days.', [
    'connections connect myintegration account',
    'connections connect myintegration account --org "Acme Corp"',
  ])
    .argument('<integration>')
    .argument('<name>', 'as the integration declares it')
    .option('--org <organization>', `the organization, where it is one for each: ${organizationHelp}`)
    .option('--mapping <id>', 'the mapping, where it is one for each; name its organization too')
    .option('--json', "print the server's JSON")
    .action(async (integration: string, name: string, options: { org?: string; mapping?: string; json?: boolean }) => {
      const whose = {
        ...(options.org === undefined ? {} : { org_id: await organizationIdOf(cli, options.org) }),
        ...(options.mapping === undefined ? {} : { mapping_id: options.mapping }),
      }
      const made = await makeConnectionLink({ integration_name: integration, name, ...whose }, await cli.call())
      printAnswer(terminal, made, options, ({ url, ...link }) => {
        terminal.stdout.write(`${url}\n`)
        const { integration_display_name: vendor, label, org_name, mapping_name } = link
        const whom = `${org_name ?? 'all organizations'}${mapping_name === null ? '' : `, mapped to ${mapping_name}`}`
        note(terminal, `It connects ${label} of ${vendor} for ${whom}, at ${link.vendor_host}.`)
        note(terminal, `Open it in a browser, or send it to someone who may consent there. It is good until ${time(link.expires_at)}.`)
        note(terminal, `Revoke it with: crosswalk connections revoke-link ${link.id}`)
      })
    })

  const links = addPageOptions(
    makeCommand('links', 'List the links to connect that somebody may still use.', ['connections links --integration myintegration']),
  )
    .option('--integration <name>', 'only those of one integration')
    .option('--org <organization>', `only those of one organization: ${organizationHelp}`)
    .action(async (options: PageOptions & Filter) => {
      const [filter, call] = [await filterOf(cli, options), await cli.call()]
      await showList(terminal, options, {
        key: 'links',
        read: (page) => listConnectionLinks({ ...filter, ...page }, call),
        columns: linkColumns,
        whenEmpty: 'No link to connect is open.',
      })
    })

  const revokeLink = makeCommand('revoke-link', 'Revoke a link to connect that nobody has used.', [
    'connections revoke-link 0198c0de-0000-7000-8000-000000000001',
  ])
    .argument('<id>', 'as connections links lists it')
    .option('--json', "print the server's JSON, which is none")
    .action(async (id: string, options: { json?: boolean }) => {
      await revokeConnectionLink(id, await cli.call())
      if (!options.json) note(terminal, 'Revoked.')
    })

  const revoke = makeCommand(
    'revoke',
    'Forget a connection and its tokens, and ask the vendor to end the consent where the integration says how.',
    ['connections revoke 0198c0de-0000-7000-8000-000000000001'],
  )
    .argument('<id>')
    .option('--json', "print the server's JSON: what came of it at the vendor, or null")
    .action(async (id: string, options: { json?: boolean }) => {
      const revoked = (await revokeConnection(id, await cli.call())) ?? null
      printAnswer(terminal, revoked, options, () => {
        note(terminal, 'Revoked.')
        note(terminal, revoked?.at_vendor.message ?? consentStands)
      })
    })

  return makeGroup(
    'connections',
    'What people have connected at vendors, for integrations that ask for it.',
    ['connections list', 'connections connect myintegration account'],
    [list, connect, revoke, links, revokeLink],
  )
}
