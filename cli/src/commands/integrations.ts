import { getIntegration, type Integration, listIntegrations, switchIntegration } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { paintStatus, yesOrNo } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer, printFields, printTable } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'

type Requirement = { key: string; label: string; required: boolean; is_set: boolean }
const allRequirements = (integration: Integration): (Requirement & { kind: string })[] => [
  ...integration.required_secrets.map((secret) => ({ ...secret, kind: 'secret' })),
  ...integration.required_config.map((config) => ({ ...config, kind: 'config' })),
]

/** How its code has its secrets. */
const secretsOf = ({ credentials, required_secrets }: Integration): 'named' | 'read' | '-' =>
  required_secrets.length === 0 ? '-' : credentials

const columns: Column<Integration>[] = [
  { title: 'NAME', value: ({ name }) => name, isWhole: true },
  { title: 'TITLE', value: ({ display_name }) => display_name },
  { title: 'MAPPING', value: ({ supports_org_mapping }) => yesOrNo(supports_org_mapping) },
  { title: 'CONNECTED', value: ({ is_on, is_connected }) => (is_on ? yesOrNo(is_connected) : 'switched off') },
  { title: 'DISCOVERY', value: ({ supports_discovery }) => yesOrNo(supports_discovery) },
  { title: 'SECRETS', value: secretsOf },
  {
    title: 'STILL NEEDS',
    value: (item) =>
      [
        ...allRequirements(item)
          .filter((one) => one.required && !one.is_set)
          .map((one) => one.key),
        ...item.connections.filter((one) => !one.is_connected).map((one) => `connection ${one.name}`),
      ].join(', ') || '-',
  },
]

const connectionColumns: Column<Integration['connections'][number]>[] = [
  { title: 'CONNECTION', value: ({ name }) => name, isWhole: true },
  { title: 'LABEL', value: ({ label }) => label },
  { title: 'ONE FOR', value: ({ owner }) => ({ global: 'all', organization: 'each organization', mapping: 'each mapping' })[owner] },
  { title: 'CONNECTED', value: ({ is_connected }) => yesOrNo(is_connected), paint: paintStatus },
]

/** Says which files of the workspace are missing from a list, and why. */
export function noteProblems(cli: Cli, problems: readonly { file: string; reason: string }[]): void {
  for (const { file, reason } of problems) note(cli.terminal, `Not loaded: ${file}: ${reason}`)
}

export function integrationCommands(cli: Cli): Command {
  const { terminal } = cli
  const list = addPageOptions(
    makeCommand('list', 'List integrations by name, and what each still needs.', [
      'integrations list',
      'integrations list --org "Acme Corp"',
    ]),
  )
    .option('--org <organization>', `whose secrets and config are looked at: ${organizationHelp}`)
    .action(async (options: PageOptions & { org?: string }) => {
      const whose = options.org === undefined ? {} : { org_id: await organizationIdOf(cli, options.org) }
      const call = await cli.call()
      await showList(terminal, options, {
        key: 'integrations',
        read: async (page) => {
          const body = await listIntegrations({ ...whose, ...page }, call)
          if (!options.json) noteProblems(cli, body.problems)
          return body
        },
        columns,
        whenEmpty: 'There are no integrations. Write one in the integrations/ folder of the workspace.',
      })
    })

  const show = makeCommand('show', 'Show an integration and what it needs.', ['integrations show myintegration'])
    .argument('<integration>', 'its name')
    .option('--org <organization>', `whose secrets and config are looked at: ${organizationHelp}`)
    .option('--json', "print the server's JSON")
    .action(async (name: string, options: { org?: string; json?: boolean }) => {
      const whose = options.org === undefined ? {} : { org_id: await organizationIdOf(cli, options.org) }
      printAnswer(terminal, await getIntegration(name, whose, await cli.call()), options, (body) => {
        printFields(terminal, {
          Name: body.name,
          Title: body.display_name,
          Description: body.description,
          File: body.file,
          'Switched on': yesOrNo(body.is_on),
          Mapping: yesOrNo(body.supports_org_mapping),
          Discovery: yesOrNo(body.supports_discovery),
          Secrets: { '-': '-', named: 'named: its code never has them', read: 'read: its code has them while it runs' }[secretsOf(body)],
          'Mapping data': Object.keys((body.mapping_data_schema as { properties?: object }).properties ?? {}).join(', ') || '-', // a JSON Schema
        })
        if (body.connections.length > 0) {
          terminal.stdout.write('\n')
          printTable(terminal, body.connections, connectionColumns)
        }
        const requirements = allRequirements(body)
        if (requirements.length === 0) return
        terminal.stdout.write('\n')
        printTable(terminal, requirements, [
          { title: 'NEEDS', value: ({ key }) => key, isWhole: true },
          { title: 'KIND', value: ({ kind }) => kind },
          { title: 'LABEL', value: ({ label }) => label },
          { title: 'REQUIRED', value: ({ required }) => yesOrNo(required) },
          { title: 'SET', value: ({ is_set }) => yesOrNo(is_set), paint: paintStatus },
        ])
      })
    })

  function switching(name: string, description: string, isOn: boolean): Command {
    return makeCommand(name, description, [`integrations ${name} ninjaone`])
      .argument('<integration>', 'its name')
      .option('--json', "print the server's JSON")
      .action(async (integration: string, options: { json?: boolean }) =>
        printAnswer(terminal, await switchIntegration(integration, { is_on: isOn }, await cli.call()), options, ({ display_name }) =>
          note(
            terminal,
            `${display_name} is ${isOn ? 'on' : 'off'} for all organizations. Its mappings and credentials ${isOn ? 'are as they were' : 'stay'}.`,
          ),
        ),
      )
  }

  return makeGroup(
    'integrations',
    'What the workspace can connect to.',
    ['integrations list', 'integrations show myintegration'],
    [
      list,
      show,
      switching('switch-off', 'Switch an integration that comes along off, for all organizations.', false),
      switching('switch-on', 'Switch it on again.', true),
    ],
  )
}
