import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Database, forPurpose } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/database/notifications.ts'
import { outlastOutages } from '../../platform/database/outages.ts'
import { Journal } from '../journal/journal.ts'
import { hearCancels } from '../leases/cancels.ts'
import { holdLease } from '../leases/leases.ts'
import type { Loaded } from '../runners/runner-load.ts'
import type { RunnerPool } from '../runners/runner-pool.ts'
import { runExecution } from '../runs/execution-run.ts'
import type { HeldExecution, RunGiven } from '../runs/held-execution.ts'
import type { ClaimedRow } from '../state/claiming.queries.ts'
import { executionOf } from '../state/executions.ts'
import type { BatchPauses } from '../state/pauses.ts'
import type { EndHandler, HostRequest } from '../state/requests.ts'
import type { Sealer } from '../steps/sealed-outcomes.ts'
import type { ClaimLimits } from './claim-statement.queries.ts'
import { createDispatcher } from './dispatcher.ts'
import { startWaker } from './waker.ts'

export type WorkerHostOptions = {
  db: Database
  notifications: Notifications
  pool: RunnerPool
  logger: Logger
  requests: readonly HostRequest[]
  endHandlers: readonly EndHandler[]
  pauses: BatchPauses
  sealer: Sealer
  knownSecrets?: RunGiven['knownSecrets']
  /** Executions that this worker works on at once. */
  maxConcurrent: number
  /** Executions that run at once in all workers together. Default: no limit. */
  limits?: Pick<ClaimLimits, 'perOrganization' | 'overall'>
  /** How long a worker that is not heard of counts as alive. */
  leaseMs: number
  graceMs: number
  /** What of the boundary around author code is missing here, for operators. Default: nothing. */
  sandboxProblem?: string | null
  /** What confines it here, in a sentence for operators. Default: it is not told. */
  sandboxLayers?: string | null
  /** Waits that are at least this long hold no place: to let go and to run again costs more than a short one. Default: 30 seconds. */
  minWaitMs?: number
  /** Called when the lease could not be renewed in time: others have taken this worker's executions over, and it must end. */
  onLeaseLost: () => void
}

/** A worker's part that takes executions and runs them to their ends. */
export interface WorkerHost {
  readonly id: string
  /** Takes executions from now on. */
  begin(): void
  /** What is started from now on is started with this code, and with the limits of these workflows. */
  setWorkspace(workspace: Pick<Loaded, 'codeVersion' | 'definitions'>): Promise<void>
  /** Takes nothing new, waits for what runs, at most this long, and hands back the rest. */
  close(drainMs: number): Promise<void>
}

const defaultMinWaitMs = 30_000
/** How long a worker that stops tries to write the last log lines. */
const flushMs = 3_000

/** Starts the host of a worker process. */
export async function startWorkerHost(options: WorkerHostOptions): Promise<WorkerHost> {
  const { db, notifications, logger } = options
  // Sealing may have to ask the database which key is in use.
  const sealer: Sealer = {
    seal: (bytes) => outlastOutages(() => options.sealer.seal(bytes)),
    open: (text) => outlastOutages(() => options.sealer.open(text)),
  }
  const id = randomUUID()
  const journal = new Journal(forPurpose(db, 'journal'), id, logger)
  /** What something in this process works on, under which claim. */
  const here = new Map<string, number>()
  const requests = new Map(options.requests.map((request) => [request.name, request]))
  const refused = new Set<string>()
  const cancels = hearCancels({ db, notifications, workerId: id })
  let isClosing = false
  let waker: ReturnType<typeof startWaker> | undefined

  const runGiven = {
    pool: options.pool,
    journal,
    logger,
    requests,
    endHandlers: options.endHandlers,
    pauses: options.pauses,
    graceMs: options.graceMs,
    minWaitMs: options.minWaitMs ?? defaultMinWaitMs,
    sealer,
    ...(options.knownSecrets ? { knownSecrets: options.knownSecrets } : {}),
    isClosing: () => isClosing,
    onCancel: cancels.on,
  }

  const hold = (row: ClaimedRow): HeldExecution => ({
    execution: executionOf(row),
    claim: { executionId: row.id, workerId: id, claim: row.claim },
    claimedAt: row.claimed_at ?? new Date(),
    isResumed: row.claim > 1,
    isWoken: row.wait_for !== null,
    retryOf: row.retry_of,
    codeVersion: row.code_version,
    organization: row.organization,
  })

  const dispatcher = createDispatcher({
    db: forPurpose(db, 'claims'),
    workerId: id,
    logger,
    maxConcurrent: options.maxConcurrent,
    limits: options.limits ?? { perOrganization: null, overall: null },
    run(row) {
      // PostgreSQL may forget a claim in a crash, and give the same again: who works on it then holds it still.
      if (here.get(row.id) === row.claim) return Promise.resolve()
      here.set(row.id, row.claim)
      // Of an earlier claim: this one may end well, and is judged by itself.
      refused.delete(row.id)
      return runExecution({ ...runGiven, db: forPurpose(db, `execution ${row.id}`) }, hold(row))
        .catch((error) => {
          refused.add(row.id)
          throw error
        })
        .finally(() => {
          if (here.get(row.id) === row.claim) here.delete(row.id)
        })
    },
  })
  const lease = await holdLease({
    ...options,
    db: forPurpose(db, 'lease'),
    workerId: id,
    refused,
    isHere: (executionId) => here.has(executionId),
    onPeers: dispatcher.setPeers,
  })
  const unlisten = [
    notifications.on('execution.pending', null, dispatcher.hear),
    notifications.on('executions.released', null, dispatcher.look),
    notifications.on('execution.left', null, dispatcher.lookForLeft),
    notifications.onMissed(() => {
      dispatcher.lookForLeft()
      dispatcher.look()
      lease.catchUp()
    }),
  ]

  return {
    id,
    begin() {
      dispatcher.begin()
      lease.sweep()
      waker = startWaker({ ...options, db: forPurpose(db, 'waits') })
    },
    async setWorkspace({ codeVersion, definitions }) {
      const hasLimits = definitions.some((definition) => definition.kind === 'workflow' && definition.concurrency !== null)
      dispatcher.setWorkspace({ codeVersion, hasLimits })
      await lease.setCodeVersion(codeVersion)
    },
    async close(drainMs) {
      isClosing = true
      for (const stop of unlisten) stop()
      lease.drain()
      await waker?.close()
      await dispatcher.stop()
      await dispatcher.drain(drainMs)
      await options.pool.close()
      // What cannot be written now belongs to executions that others continue with: they log it again.
      await Promise.race([journal.flush(), delay(flushMs, undefined, { ref: false })]).catch((error) =>
        logger.warn({ err: error }, 'log lines were lost at the end'),
      )
      cancels.close()
      await lease.end()
    },
  }
}
