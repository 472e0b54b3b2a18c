import { type ConnectionTest, testIntegration, testMapping } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { FailedOutcome, usageError } from '../failure.ts'
import { inLine } from '../output/format.ts'
import { printAnswer, printFields, printLine } from '../output/print.ts'
import { showProgress } from '../output/progress.ts'
import { painterFor } from '../output/terminal.ts'
import { dataOfIntegration } from '../schemas.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'
import { gather, pairHelp, readObject } from './pairs.ts'

type Options = {
  org: string
  integration?: string
  externalId?: string
  externalName?: string
  data?: string[]
  dataJson?: string
  json?: boolean
}

/** `mappings test`: of a saved mapping by its id, or of one that is only described. */
export function mappingTestCommand(cli: Cli): Command {
  const { terminal } = cli

  async function test(id: string | undefined, options: Options): Promise<ConnectionTest> {
    const { integration, externalId } = options
    if (id !== undefined) {
      if (integration ?? externalId ?? options.externalName ?? options.data ?? options.dataJson)
        throw usageError('Give either the id of a mapping or --integration and --external-id, not both.')
      return testMapping(await organizationIdOf(cli, options.org), id, await cli.call())
    }
    if (integration === undefined || externalId === undefined)
      throw usageError('Give the id of a mapping, or --integration and --external-id of one that is not saved yet.')
    const data = await readObject(terminal, {
      pairs: options.data,
      json: options.dataJson,
      option: '--data-json',
      findSchema: dataOfIntegration(cli, integration),
    })
    const draft = {
      org_id: await organizationIdOf(cli, options.org),
      external_org_id: externalId,
      ...(options.externalName === undefined ? {} : { external_org_name: options.externalName }),
      ...(data === undefined ? {} : { mapping_data: data }),
    }
    return testIntegration(integration, draft, await cli.call())
  }

  function show({ success, message, details }: ConnectionTest): void {
    const paint = painterFor(terminal.stdout, terminal.env)
    const isUntested = details.not_tested !== undefined
    terminal.stdout.write(`${success ? paint('good', 'ok') : isUntested ? paint('doubtful', 'not tested') : paint('bad', 'failed')} `)
    printLine(terminal, message)
    const fields = Object.entries(details).map(([name, value]) => [name, inLine(value)] as const)
    if (fields.length > 0) printFields(terminal, Object.fromEntries(fields))
  }

  return makeCommand('test', 'Test the connection of a mapping, saved or not. Exits with 1 if it fails, or cannot be made.', [
    'mappings test 0198c1f0-… --org "Acme Corp"',
    'mappings test --org "Acme Corp" --integration myintegration --external-id 12345',
  ])
    .argument('[mapping]', 'the id of a saved mapping')
    .requiredOption('--org <organization>', organizationHelp)
    .option('--integration <name>', 'of a mapping that is not saved yet')
    .option('--external-id <id>', 'its id in the outside system')
    .option('--external-name <name>', 'its name there')
    .option('--data <pair>', `mapping data: ${pairHelp}`, gather)
    .option('--data-json <json>', 'mapping data as a JSON object, @file or - for standard input')
    .option('--json', "print the server's JSON")
    .action(async (id: string | undefined, options: Options) => {
      const progress = showProgress(terminal, 'Testing the connection')
      const result = await test(id, options).finally(progress.stop)
      printAnswer(terminal, result, options, show)
      if (!result.success) throw new FailedOutcome()
    })
}
