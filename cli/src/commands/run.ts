import { type ExecutedWorkflow, executeForMany, executeForOrganization } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { FailedOutcome, usageError } from '../failure.ts'
import { note, printJson, printLine } from '../output/print.ts'
import { parametersOfWorkflow } from '../schemas.ts'
import { awaitEnd, followLog, showOutcome } from './following.ts'
import { followBatch } from './following-batch.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'
import { selectionHelp, selectionOf } from './organization-selection.ts'
import { gather, pairHelp, readObject } from './pairs.ts'

type Options = {
  org?: string
  organizations?: string
  param?: string[]
  paramsJson?: string
  wait: boolean
  idempotencyKey?: string
  json?: boolean
}

const jsonWaitSeconds = 60

export function hasEnded({ status }: { status: ExecutedWorkflow['status'] }): boolean {
  return status === 'success' || status === 'failed' || status === 'timeout' || status === 'cancelled'
}

/** `run`: the log goes to standard error while it is written, the result to standard output. */
export function runCommand(cli: Cli): Command {
  const { terminal } = cli
  return makeCommand('run', 'Run a workflow for an organization, or for many. Exits with 1 unless it succeeds.', [
    'run sync_users --org "Acme Corp"',
    'run auto_setup --org "Acme Corp" --param external_org_id=12345 --param limit=10',
    'run sync_users --org "Acme Corp" --json | jq .result',
    'run sync_users --organizations mapped:myintegration',
  ])
    .argument('<workflow>', 'its name')
    .option('--org <organization>', organizationHelp)
    .option('--organizations <which>', `for many, as one batch: ${selectionHelp}`)
    .option('--param <pair>', `a parameter: ${pairHelp}`, gather)
    .option('--params-json <json>', 'parameters as a JSON object, @file or - for standard input')
    .option('--no-wait', 'only start it')
    .option('--idempotency-key <key>', 'the same key for the same workflow and organization starts it only once')
    .option('--json', "print the server's JSON when it has ended, and no log")
    .action(async (name: string, options: Options) => {
      const parameters = await readObject(terminal, {
        pairs: options.param,
        json: options.paramsJson,
        option: '--params-json',
        findSchema: parametersOfWorkflow(cli, name),
      })
      const wanted = {
        workflow_name: name,
        ...(parameters === undefined ? {} : { parameters }),
        ...(options.idempotencyKey === undefined ? {} : { idempotency_key: options.idempotencyKey }),
      }
      if (options.organizations !== undefined) {
        if (options.org !== undefined) throw usageError('Give --org or --organizations, not both.')
        const organizations = await selectionOf(cli, options.organizations)
        const call = await cli.call()
        return followBatch(terminal, call, await executeForMany({ ...wanted, organizations }, call), options)
      }
      if (options.org === undefined) throw usageError('Say for whom: --org <organization>, or --organizations all.')
      const call = await cli.call(await organizationIdOf(cli, options.org))
      const begun = await executeForOrganization(wanted, { wait: options.json && options.wait ? jsonWaitSeconds : 0 }, call)
      await finish(begun, options)
    })

  async function finish(begun: ExecutedWorkflow, options: Options): Promise<void> {
    const id = begun.execution_id
    if (!options.wait) {
      if (options.json) return printJson(terminal, begun)
      printLine(terminal, id)
      return note(terminal, `Started. To follow it: crosswalk logs ${id} --follow`)
    }
    if (options.json) {
      const ended = hasEnded(begun) ? begun : await awaitEnd(await cli.call(), id)
      printJson(terminal, ended)
      if (ended.status !== 'success') throw new FailedOutcome()
      return
    }
    const ended = await followLog(terminal, await cli.call(), id, terminal.stderr)
    showOutcome(terminal, ended)
    if (ended.status !== 'success') throw new FailedOutcome()
  }
}
