import {
  cancelExecution,
  type ExecutionDetail,
  type ExecutionSummary,
  executionKinds,
  executionStatuses,
  getExecution,
  type ListExecutionsParams,
  listExecutions,
  retryExecution,
  type Step,
  type StepCall,
} from '@crosswalk/client'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { FailedOutcome } from '../failure.ts'
import { duration, paintStatus, time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer, printFields, printJson, printLine, printTable } from '../output/print.ts'
import { progressText } from '../output/progress.ts'
import type { Column } from '../output/table.ts'
import { exchangesCommand } from './exchanges.ts'
import { followLog, showOutcome } from './following.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'

const columns: Column<ExecutionSummary>[] = [
  { title: 'ID', value: ({ execution_id }) => execution_id, isWhole: true },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'NAME', value: ({ workflow_name }) => workflow_name },
  { title: 'ORGANIZATION', value: ({ org_name }) => org_name ?? '-' },
  { title: 'STATUS', value: ({ status }) => status, paint: paintStatus },
  { title: 'CREATED', value: ({ created_at }) => time(created_at) },
  { title: 'TOOK', value: ({ duration_ms }) => duration(duration_ms) },
]

type ListOptions = PageOptions & {
  org?: string
  workflow?: string
  status?: (typeof executionStatuses)[number]
  kind?: (typeof executionKinds)[number]
  since?: string
  attention?: 'failed'
}

/** What an execution waits for, and until when at the latest. */
function waitingText({ for: what, until }: NonNullable<ExecutionDetail['waiting']>): string {
  const named = { time: 'a time', event: 'an event', person: 'a person' }[what]
  return until === null ? named : `${named}, until ${time(until)}`
}

type Line = Pick<StepCall, 'name' | 'status' | 'started_at' | 'duration_ms' | 'error'>

/** The attempts of a step, each followed by what it called. */
function linesOf({ name, attempts }: Step): Line[] {
  return attempts.flatMap(({ attempt, calls, more_calls, ...ending }) => [
    { ...ending, name: `${name}, attempt ${attempt}` },
    ...calls.map((call) => ({ ...call, name: `  ${call.name}` })),
    ...(more_calls > 0 ? [{ ...ending, name: `  and ${more_calls} more`, duration_ms: null, error: null }] : []),
  ])
}

const maxArgumentsChars = 60

/** What a client was called with, in a line. */
function argumentsText(step: Step): string {
  const text = step.arguments ?? '-'
  return text.length > maxArgumentsChars ? `${text.slice(0, maxArgumentsChars)}…` : text
}

export function executionCommands(cli: Cli): Command {
  const { terminal } = cli

  function show(body: ExecutionDetail): void {
    printFields(terminal, {
      Id: body.execution_id,
      Runs: `${body.workflow_name} (${body.kind})`,
      Organization: body.org_name ?? body.org_id,
      Status: body.status,
      'Waits for': body.waiting ? waitingText(body.waiting) : null,
      Batch: body.batch_id,
      'Asked for': `${time(body.created_at)} by ${body.caller.name}`,
      Started: time(body.started_at),
      Took: duration(body.duration_ms),
      Progress: body.progress ? progressText(body.progress) : null,
      Parameters: JSON.stringify(body.effective_parameters),
      Result: body.result === null ? null : JSON.stringify(body.result),
      Error: body.error ? `${body.error.type}: ${body.error.message}` : null,
    })
    if (body.steps.length === 0) return
    terminal.stdout.write('\n')
    const hasArguments = body.steps.some((step) => step.arguments !== null)
    printTable(terminal, body.steps, [
      { title: 'STEP', value: ({ name }) => name },
      { title: 'STATUS', value: ({ status }) => status, paint: paintStatus },
      { title: 'ATTEMPT', value: ({ attempt }) => attempt },
      { title: 'TOOK', value: ({ duration_ms }) => duration(duration_ms) },
      ...(hasArguments ? [{ title: 'CALLED WITH', value: argumentsText }] : []),
      { title: 'ERROR', value: ({ error }) => error?.message ?? '-' },
    ])
    const told = body.steps.filter(({ attempts }) => attempts.length > 1 || attempts.some(({ calls }) => calls.length > 0))
    if (told.length === 0) return
    terminal.stdout.write('\n')
    printTable(terminal, told.flatMap(linesOf), [
      { title: 'ATTEMPTS', value: ({ name }) => name },
      { title: 'STATUS', value: ({ status }) => status, paint: paintStatus },
      { title: 'BEGAN', value: ({ started_at }) => time(started_at) },
      { title: 'TOOK', value: ({ duration_ms }) => duration(duration_ms) },
      { title: 'ERROR', value: ({ error }) => error?.message ?? '-' },
    ])
  }

  const list = addPageOptions(
    makeCommand('list', 'List executions, newest first.', [
      'executions list --status failed',
      'executions list --attention failed',
      'executions list --org "Acme Corp" --workflow sync_users',
    ]),
  )
    .option('--org <organization>', organizationHelp)
    .option('--workflow <name>', 'the name of the workflow, integration or data provider')
    .addOption(new Option('--status <status>').choices(executionStatuses))
    .addOption(new Option('--kind <kind>').choices(executionKinds))
    .addOption(new Option('--attention <kind>', 'only workflows that failed or took too long and were not tried again').choices(['failed']))
    .option('--since <time>', 'asked for at this time or later, as 2025-10-11T10:00:00Z')
    .action(async (options: ListOptions) => {
      const filter: ListExecutionsParams = {
        ...(options.org === undefined ? {} : { org_id: await organizationIdOf(cli, options.org) }),
        ...(options.workflow === undefined ? {} : { workflow_name: options.workflow }),
        ...(options.status === undefined ? {} : { status: options.status }),
        ...(options.kind === undefined ? {} : { kind: options.kind }),
        ...(options.attention === undefined ? {} : { attention: options.attention }),
        ...(options.since === undefined ? {} : { since: options.since }),
      }
      const call = await cli.call()
      await showList(terminal, options, {
        key: 'executions',
        read: (page) => listExecutions({ ...filter, ...page }, call),
        columns,
        whenEmpty: 'There are no such executions.',
      })
    })

  const showOne = makeCommand('show', 'Show an execution with its steps.', ['executions show 0198c1f0-…'])
    .argument('<execution>', 'its id')
    .option('--json', "print the server's JSON")
    .action(async (id: string, options: { json?: boolean }) =>
      printAnswer(terminal, await getExecution(id, await cli.call()), options, show),
    )

  const cancel = makeCommand('cancel', 'Cancel an execution that has not ended.', ['executions cancel 0198c1f0-…'])
    .argument('<execution>', 'its id')
    .option('--json', "print the server's JSON")
    .action(async (id: string, options: { json?: boolean }) =>
      printAnswer(terminal, await cancelExecution(id, await cli.call()), options, (body) =>
        note(terminal, body.status === 'cancelled' ? 'Cancelled.' : 'It was told to stop, and ends within seconds.'),
      ),
    )

  const retry = makeCommand('retry', 'Try a failed execution again, from its failed step on. Exits with 1 unless it succeeds.', [
    'executions retry 0198c1f0-…',
  ])
    .argument('<execution>', 'its id')
    .option('--no-wait', 'only start it')
    .option('--json', "print the server's JSON of the new execution, and do not wait")
    .action(async (id: string, options: { wait: boolean; json?: boolean }) => {
      const begun = await retryExecution(id, await cli.call())
      if (options.json) return printJson(terminal, begun)
      if (!options.wait) return printLine(terminal, begun.execution_id)
      const ended = await followLog(terminal, await cli.call(), begun.execution_id, terminal.stderr)
      showOutcome(terminal, ended)
      if (ended.status !== 'success') throw new FailedOutcome()
    })

  return makeGroup(
    'executions',
    'What has run and runs.',
    ['executions list --status failed', 'executions show 0198c1f0-…'],
    [list, showOne, exchangesCommand(cli), cancel, retry],
  )
}
