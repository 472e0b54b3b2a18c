import { setTimeout as delay } from 'node:timers/promises'
import { type Batch, type BatchExecution, type CallOptions, getBatch, listBatchExecutions } from '@crosswalk/client'
import { FailedOutcome, Interrupted } from '../failure.ts'
import { duration } from '../output/format.ts'
import { note, printJson, printLine, printTable } from '../output/print.ts'
import { showProgress } from '../output/progress.ts'
import type { Column } from '../output/table.ts'
import { painterFor, type Terminal } from '../output/terminal.ts'

const pollMs = 500
/** More failures than this are not listed; another command lists them all. */
const maxShown = 20

const shownCounts = [
  'success',
  'failed',
  'timeout',
  'not_tested',
  'cancelled',
  'skipped',
  'expired',
  'running',
  'waiting',
  'cancelling',
  'pending',
] as const

/** How many executions of a batch are how far. */
export function countsText({ counts }: Pick<Batch, 'counts'>): string {
  const shown = shownCounts.filter((status) => counts[status] > 0)
  return shown.map((status) => `${counts[status]} ${status.replace('_', ' ')}`).join(', ') || 'none'
}

export const resultColumns: Column<BatchExecution>[] = [
  { title: 'ORGANIZATION', value: ({ org_name }) => org_name },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'ATTEMPT', value: ({ attempt }) => attempt },
  { title: 'TOOK', value: ({ duration_ms }) => duration(duration_ms) },
  { title: 'EXECUTION', value: ({ execution_id }) => execution_id ?? '-', isWhole: true },
  {
    title: 'RESULT',
    value: ({ error, result }) => error?.message ?? (result === null || result === undefined ? '-' : JSON.stringify(result)),
  },
]

function isOver({ status, counts }: Batch): boolean {
  return status === 'finished' || (status === 'cancelled' && counts.running + counts.cancelling === 0)
}

/** Shows how far a batch is, until it is over. Ctrl+C leaves it running. */
async function awaitBatch(terminal: Terminal, call: CallOptions, begun: Batch): Promise<Batch> {
  const progress = showProgress(terminal, '')
  try {
    let batch = begun
    while (!isOver(batch)) {
      progress.say(`${batch.done} of ${batch.total}${batch.is_paused ? ', paused' : ''}: ${countsText(batch)}`)
      await delay(pollMs, undefined, { signal: terminal.signal }).catch(() => terminal.signal.throwIfAborted())
      batch = await getBatch(batch.batch_id, call)
    }
    return batch
  } catch (error) {
    progress.stop()
    if (terminal.signal.reason instanceof Interrupted) {
      const id = begun.batch_id
      note(terminal, `The batch continues. To see it: crosswalk batches show ${id}. To stop it: crosswalk batches cancel ${id}`)
    }
    throw error
  } finally {
    progress.stop()
  }
}

/**
 * Follows a batch to its end and tells its outcome.
 *
 * @throws FailedOutcome unless all succeeded or were skipped
 */
export async function followBatch(
  terminal: Terminal,
  call: CallOptions,
  begun: Batch,
  given: { wait: boolean; json?: boolean | undefined },
): Promise<void> {
  const id = begun.batch_id
  if (!given.wait) {
    if (given.json) return printJson(terminal, begun)
    printLine(terminal, id)
    return note(terminal, `Started for ${begun.total}. To see how far it is: crosswalk batches show ${id}`)
  }
  const batch = await awaitBatch(terminal, call, begun)
  const isGood = batch.counts.success + batch.counts.skipped === batch.total
  if (given.json) printJson(terminal, batch)
  else {
    const { executions, next_cursor } = await listBatchExecutions(id, { status: 'failed', limit: maxShown }, call)
    if (executions.length > 0) printTable(terminal, executions, resultColumns)
    if (next_cursor !== null) note(terminal, `There are more: crosswalk batches results ${id} --status failed`)
    const paint = painterFor(terminal.stderr, terminal.env)
    terminal.stderr.write(`${paint(isGood ? 'good' : 'bad', batch.status)}: ${countsText(batch)} ${paint('quiet', id)}\n`)
    const { success, failed, timeout, not_tested } = batch.counts
    if (success > 0) note(terminal, `To see each result: crosswalk batches results ${id}`)
    if (failed + timeout + not_tested > 0 && batch.status === 'finished')
      note(terminal, `To run again what ${failed + timeout > 0 ? 'failed' : 'was not tested'}: crosswalk batches retry-failed ${id}`)
  }
  if (!isGood) throw new FailedOutcome()
}
