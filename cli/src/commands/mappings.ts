import { createMapping, deleteMapping, getMapping, isApiError, type Mapping, updateMapping } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import type { Schema } from '../coercion.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { usageError } from '../failure.ts'
import { changingCall, type IfMatch, ifMatchOption } from '../if-match.ts'
import { time, yesOrNo } from '../output/format.ts'
import { note, printAnswer, printFields } from '../output/print.ts'
import { dataOfIntegration, dataOfMapping } from '../schemas.ts'
import { mappingCausesCommand, mappingTestManyCommand } from './mapping-causes.ts'
import { mappingListCommand } from './mapping-list.ts'
import { mappingTestCommand } from './mapping-test.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'
import { gather, pairHelp, readObject } from './pairs.ts'

type Given = { org: string; json?: boolean }
type Fields = Given & {
  integration?: string
  externalId?: string
  externalName?: string
  data?: string[]
  dataJson?: string
  activate?: boolean
}

/** The options for what a mapping holds. */
function addContentOptions(command: Command): Command {
  return command
    .option('--external-name <name>', 'its name there')
    .option('--data <pair>', `mapping data: ${pairHelp}`, gather)
    .option('--data-json <json>', 'mapping data as a JSON object, @file or - for standard input')
    .option('--json', "print the server's JSON")
}

export function mappingCommands(cli: Cli): Command {
  const { terminal } = cli
  const show = (mapping: Mapping, options: Given) =>
    printAnswer(terminal, mapping, options, (body) =>
      printFields(terminal, {
        Id: body.id,
        Organization: body.org_id,
        Integration: body.integration_name,
        'External id': body.external_org_id,
        'External name': body.external_org_name,
        'Mapping data': JSON.stringify(body.mapping_data),
        Active: yesOrNo(body.is_active),
        Created: `${time(body.created_at)} by ${body.created_by}`,
        Changed: `${time(body.updated_at)} by ${body.updated_by}`,
        'Last test':
          body.last_tested_at === null
            ? 'never'
            : `${time(body.last_tested_at)} ${body.last_test_success ? 'ok' : 'failed'}: ${body.last_test_result ?? ''}`,
        ...(body.last_not_tested_at === null
          ? {}
          : { 'Not tested': `${time(body.last_not_tested_at)}: ${body.last_not_tested_reason ?? ''}` }),
      }),
    )
  const contentOf = async (options: Fields, findSchema: () => Promise<Schema | undefined>) => {
    const data = await readObject(terminal, { pairs: options.data, json: options.dataJson, option: '--data-json', findSchema })
    return {
      ...(options.externalName === undefined ? {} : { external_org_name: options.externalName }),
      ...(data === undefined ? {} : { mapping_data: data }),
    }
  }

  const list = mappingListCommand(cli)
  const create = addContentOptions(
    makeCommand('create', 'Map an organization to one in an outside system.', [
      'mappings create --org "Acme Corp" --integration myintegration --external-id 12345 --external-name "Acme Corp"',
    ])
      .requiredOption('--org <organization>', organizationHelp)
      .requiredOption('--integration <name>')
      .requiredOption('--external-id <id>', 'its id in the outside system; see: crosswalk discover')
      .option('--if-missing', 'show the mapping of the two where there is one, and make none'),
  ).action(async (options: Fields & { integration: string; externalId: string; ifMissing?: boolean }) => {
    const content = await contentOf(options, dataOfIntegration(cli, options.integration))
    const draft = { integration_name: options.integration, external_org_id: options.externalId, ...content }
    const organizationId = await organizationIdOf(cli, options.org)
    const created = await createMapping(organizationId, draft, await cli.call()).catch(async (error: unknown) => {
      if (!options.ifMissing || !isApiError(error, 'mapping_exists')) throw error
      return getMapping(organizationId, String(error.details.mapping_id), await cli.call())
    })
    show(created, options)
  })

  const showOne = makeCommand('show', 'Show a mapping.', ['mappings show 0198c1f0-… --org "Acme Corp"'])
    .argument('<mapping>', 'its id')
    .requiredOption('--org <organization>', organizationHelp)
    .option('--json', "print the server's JSON")
    .action(async (id: string, options: Given) =>
      show(await getMapping(await organizationIdOf(cli, options.org), id, await cli.call()), options),
    )

  const update = addContentOptions(
    makeCommand('update', 'Change a mapping, or activate it again. Mapping data is replaced as a whole.', [
      'mappings update 0198c1f0-… --org "Acme Corp" --external-name "Acme Ltd"',
    ])
      .argument('<mapping>', 'its id')
      .requiredOption('--org <organization>', organizationHelp)
      .option('--external-id <id>', 'its id in the outside system')
      .option('--activate', 'undo the deactivation'),
  )
    .addOption(ifMatchOption())
    .action(async (id: string, options: Fields & IfMatch) => {
      const organizationId = await organizationIdOf(cli, options.org)
      const patch = {
        ...(options.externalId === undefined ? {} : { external_org_id: options.externalId }),
        ...(await contentOf(options, dataOfMapping(cli, organizationId, id))),
        ...(options.activate ? { is_active: true } : {}),
      }
      if (Object.keys(patch).length === 0)
        throw usageError('Say what to change: --external-id, --external-name, --data, --data-json or --activate.')
      show(await updateMapping(organizationId, id, patch, await changingCall(cli, options)), options)
    })

  const deactivate = makeCommand('deactivate', 'Deactivate a mapping. It is kept and can be activated again.', [
    'mappings deactivate 0198c1f0-… --org "Acme Corp"',
  ])
    .argument('<mapping>', 'its id')
    .requiredOption('--org <organization>', organizationHelp)
    .option('--json', "print the server's JSON, which is none")
    .addOption(ifMatchOption())
    .action(async (id: string, options: Given & IfMatch) => {
      await deleteMapping(await organizationIdOf(cli, options.org), id, await changingCall(cli, options))
      if (!options.json)
        note(terminal, `Deactivated. To undo it: crosswalk mappings update ${id} --org ${JSON.stringify(options.org)} --activate`)
    })

  const commands = [
    list,
    create,
    showOne,
    update,
    deactivate,
    mappingTestCommand(cli),
    mappingTestManyCommand(cli),
    mappingCausesCommand(cli),
  ]
  return makeGroup('mappings', 'Which organization of an outside system an organization is.', ['mappings list --org "Acme Corp"'], commands)
}
