import {
  type Batch,
  type BatchExecution,
  batchItemStatuses,
  type CallOptions,
  cancelBatch,
  type FailureCause,
  getBatch,
  type ListBatchExecutionsParams,
  listBatchExecutions,
  listBatches,
  listBatchFailureCauses,
  pauseBatch,
  resumeBatch,
  retryFailedOfBatch,
} from '@crosswalk/client'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { inLine, time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer, printFields } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { countsText, followBatch, resultColumns } from './following-batch.ts'

const columns: Column<Batch>[] = [
  { title: 'ID', value: ({ batch_id }) => batch_id, isWhole: true },
  { title: 'RUNS', value: ({ workflow_name }) => workflow_name },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'DONE', value: ({ done, total }) => `${done} of ${total}` },
  { title: 'FAILED', value: ({ counts }) => counts.failed + counts.timeout },
  { title: 'CREATED', value: ({ created_at }) => time(created_at) },
]

const causeColumns: Column<FailureCause>[] = [
  { title: 'CAUSE', value: ({ cause }) => cause, isWhole: true },
  { title: 'FAILED', value: ({ count }) => count },
  { title: 'WHY', value: ({ message }) => message },
  { title: 'ORGANIZATIONS', value: ({ executions }) => executions.map(({ org_name }) => org_name ?? '-').join(', ') },
]

type Status = NonNullable<ListBatchExecutionsParams['status']> & BatchExecution['status']

export function batchCommands(cli: Cli): Command {
  const { terminal } = cli

  function show(batch: Batch): void {
    printFields(terminal, {
      Id: batch.batch_id,
      Runs: `${batch.workflow_name} (${batch.kind})`,
      Organizations: inLine(batch.organizations),
      Status: batch.status,
      Done: `${batch.done} of ${batch.total}`,
      Executions: countsText(batch),
      'Asked for': `${time(batch.created_at)} by ${batch.caller.name}`,
      Due: batch.due_at === null ? null : time(batch.due_at),
      Ended: time(batch.completed_at),
      Parameters: JSON.stringify(batch.parameters),
    })
  }

  const list = addPageOptions(makeCommand('list', 'List batches, newest first.', ['batches list', 'batches list --workflow sync_users']))
    .option('--workflow <name>', 'only of this workflow')
    .action(async (options: PageOptions & { workflow?: string }) => {
      const call = await cli.call()
      const filter = options.workflow === undefined ? {} : { workflow_name: options.workflow }
      await showList(terminal, options, {
        key: 'batches',
        read: (page) => listBatches({ ...filter, ...page }, call),
        columns,
        whenEmpty: 'There are no batches. To make one: crosswalk run <workflow> --organizations all',
      })
    })

  const showOne = makeCommand('show', 'Show how far a batch is.', ['batches show 0198c1f0-…'])
    .argument('<batch>', 'its id')
    .option('--json', "print the server's JSON")
    .action(async (id: string, options: { json?: boolean }) => printAnswer(terminal, await getBatch(id, await cli.call()), options, show))

  const results = addPageOptions(
    makeCommand('results', 'List what a batch came to, for each organization.', ['batches results 0198c1f0-… --status failed']),
  )
    .argument('<batch>', 'its id')
    .addOption(new Option('--status <status>').choices(batchItemStatuses))
    .action(async (id: string, options: PageOptions & { status?: Status }) => {
      const call = await cli.call()
      const filter = options.status === undefined ? {} : { status: options.status }
      await showList(terminal, options, {
        key: 'executions',
        read: (page) => listBatchExecutions(id, { ...filter, ...page }, call),
        columns: resultColumns,
        whenEmpty: 'There are no such executions.',
      })
    })

  function steering(name: string, description: string, steer: (id: string, call: CallOptions) => Promise<Batch>, done: string): Command {
    return makeCommand(name, description, [`batches ${name} 0198c1f0-…`])
      .argument('<batch>', 'its id')
      .option('--json', "print the server's JSON")
      .action(async (id: string, options: { json?: boolean }) =>
        printAnswer(terminal, await steer(id, await cli.call()), options, (batch) => note(terminal, `${done} ${countsText(batch)}.`)),
      )
  }

  const retry = makeCommand('retry-failed', 'Run again what failed of a batch, and nothing else. Exits with 1 unless all succeed.', [
    'batches retry-failed 0198c1f0-…',
  ])
    .argument('<batch>', 'its id')
    .option('--cause <cause>', 'only what failed for it; batches causes lists them')
    .option('--no-wait', 'only start it')
    .option('--json', "print the server's JSON")
    .action(async (id: string, options: { cause?: string; wait: boolean; json?: boolean }) => {
      const call = await cli.call()
      const filter = options.cause === undefined ? {} : { cause: options.cause }
      await followBatch(terminal, call, await retryFailedOfBatch(id, filter, call), options)
    })

  const causes = makeCommand('causes', 'List why executions of a batch failed, the most frequent cause first.', [
    'batches causes 0198c1f0-…',
  ])
    .argument('<batch>', 'its id')
    .option('--json', "print the server's JSON")
    .action(async (id: string, options: { json?: boolean }) => {
      const call = await cli.call()
      await showList(terminal, options, {
        key: 'causes',
        read: async () => ({ ...(await listBatchFailureCauses(id, call)), next_cursor: null }),
        columns: causeColumns,
        whenEmpty: 'Nothing of it failed.',
      })
    })

  return makeGroup(
    'batches',
    'What runs for many organizations at once.',
    ['batches list', 'batches show 0198c1f0-…'],
    [
      list,
      showOne,
      results,
      causes,
      steering('pause', 'Let no further execution of a batch begin.', pauseBatch, 'Paused.'),
      steering('resume', 'Resume a paused batch.', resumeBatch, 'It continues.'),
      steering('cancel', 'Cancel what has not ended of a batch.', cancelBatch, 'Cancelled.'),
      retry,
    ],
  )
}
