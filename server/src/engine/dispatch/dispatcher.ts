import type { Logger } from 'pino'
import type { Database } from '../../platform/database/database.ts'
import { createWorkLoop } from '../../platform/work-loop.ts'
import type { ClaimedRow } from '../state/claiming.queries.ts'
import { interactivePriority } from '../state/lanes.queries.ts'
import { claimHeard, claimLeft, claimPending, endTrial, firstTurn } from './claim.queries.ts'
import type { ClaimLimits } from './claim-statement.queries.ts'

export type DispatcherGiven = {
  db: Database
  workerId: string
  logger: Logger
  /** Executions that this worker works on at once. */
  maxConcurrent: number
  /** Executions that run at once in all workers together: of one organization, and of all. Null is no limit. */
  limits: Pick<ClaimLimits, 'perOrganization' | 'overall'>
  /** Runs a claimed execution to its end. */
  run(row: ClaimedRow): Promise<void>
}

/** Decides which waiting executions this worker takes, and when. */
export interface Dispatcher {
  begin(): void
  /** Executions count as started with this code from now on. `hasLimits`: some of its workflows limit how many run at once. */
  setWorkspace(workspace: { codeVersion: string; hasLimits: boolean }): void
  /** Someone told that this execution waits. */
  hear(executionId: string): void
  /** The workers that live, this one among them: what is told to all of them, one takes at once and the others a little later. */
  setPeers(workerIds: readonly string[]): void
  /** Looks at all that waits. */
  look(): void
  /** Looks for what workers that are gone had begun. */
  lookForLeft(): void
  /** Takes nothing more. Resolves when a claim that was under way is done with. */
  stop(): Promise<void>
  /** Waits for what runs, at most this long. */
  drain(withinMs: number): Promise<void>
}

/** Looks for waiting executions at least so often, should a notification be missed. */
const pollMs = 2_000
/** How long what is another worker's turn is left to it, should it have no place free. */
const leaveMs = 25

/** What workers left is taken so many at a time, so that the living ones share it. */
const leftAtOnce = 4

/** How long an execution is tried alone the first time, and at most; each further time four times as long, because some take their time. */
const minTrialMs = 500
const maxTrialMs = 60_000

function trialMs({ losses, shared_losses: sharedLosses }: ClaimedRow): number {
  return Math.min(maxTrialMs, minTrialMs * 4 ** Math.max(0, losses + sharedLosses - 1))
}

/** Of so many places one is kept for interactive executions, and one for organizations that have nothing running. */
const placesPerReserved = 8

/**
 * Makes a worker's dispatcher.
 *
 * Background executions leave an eighth of the places to interactive ones, and those of one organization leave another eighth to
 * the other organizations: so the first execution of an organization begins at once, however much of another's runs and waits.
 * What workers that are gone had begun goes before all that waits. Where all places are taken it gets up to as many again.
 */
export function createDispatcher(given: DispatcherGiven): Dispatcher {
  const { db, workerId, logger, maxConcurrent } = given
  const reserved = maxConcurrent < 4 ? 0 : Math.max(1, Math.floor(maxConcurrent / placesPerReserved))
  const limits = {
    ...given.limits,
    ofOrganization: maxConcurrent - reserved,
    ofOrganizationForBackground: maxConcurrent - 2 * reserved,
  }
  const running = new Set<Promise<void>>()
  const heard = new Set<string>()
  /** Heard of, and another worker's turn. */
  const left = new Set<string>()
  let peers: readonly string[] = [workerId]
  let codeVersion: string | null = null
  let isLimited = limits.perOrganization !== null || limits.overall !== null
  let isTaking = false
  let isWanted = false
  let isLeftWanted = false
  let turn = firstTurn
  let later: NodeJS.Timeout | undefined
  let polling: NodeJS.Timeout | undefined

  /** Below this nothing is over a share, so what is heard of can be taken as it comes; from here on some may wait for one to end. */
  const isCrowded = () => isLimited || running.size >= limits.ofOrganizationForBackground

  async function takeHeard(): Promise<void> {
    const ids = [...heard].slice(0, limits.ofOrganizationForBackground - running.size)
    for (const id of ids) heard.delete(id)
    const rows = await claimHeard(db, { workerId, codeVersion, ids })
    for (const row of rows) begin(row)
  }

  /** The random end of an id decides, for every worker alike. */
  const isMine = (executionId: string) => peers[Number.parseInt(executionId.slice(-6), 16) % peers.length] === workerId

  function takeLater(): void {
    later = undefined
    for (const id of left) heard.add(id)
    left.clear()
    claims.wake()
  }

  async function takeInTurn(): Promise<void> {
    isWanted = false
    heard.clear()
    const free = maxConcurrent - running.size
    if (free <= 0) return
    const freeForBackground = Math.max(0, free - reserved)
    const claimed = await claimPending(db, { workerId, codeVersion, turn, isLimited, limits: { ...limits, free, freeForBackground } })
    turn = claimed.turn
    for (const row of claimed.rows) begin(row)
    if (claimed.mayHaveMore || mayTakeMore(claimed.rows)) isWanted = true
  }

  /**
   * A claim looks at some of the lines; after one that found something the next may find more. Not where it found background executions
   * alone and all places for such are taken now: in a long batch that would be each claim twice. When one of them ends, it is looked again.
   */
  function mayTakeMore(rows: readonly ClaimedRow[]): boolean {
    if (rows.length === 0) return false
    return maxConcurrent - running.size > reserved || rows.some(({ priority }) => priority === interactivePriority)
  }

  async function takeLeft(): Promise<void> {
    isLeftWanted = false
    const room = 2 * maxConcurrent - running.size
    const limit = Math.min(leftAtOnce, room)
    const rows = limit > 0 ? await claimLeft(db, { workerId, codeVersion, limit }) : []
    for (const row of rows) begin(row)
    // Beyond its places a worker takes them by and by: another may have some free.
    if (rows.length === limit && running.size < maxConcurrent) isLeftWanted = true
  }

  function begin(row: ClaimedRow): void {
    const place = given
      .run(row)
      .catch((error) => logger.error({ err: error, executionId: row.id }, 'an execution was interrupted by a failure of the platform'))
      .then(() => leave())
    const trial = row.is_suspect ? setTimeout(() => endTrialOf(row), trialMs(row)) : undefined
    const leave = () => {
      const wasCrowded = isCrowded()
      running.delete(place)
      if (wasCrowded) look()
      if (trial === undefined) return
      clearTimeout(trial)
      lookForLeft()
    }
    running.add(place)
  }

  function endTrialOf({ id, claim }: ClaimedRow): void {
    endTrial(db, { executionId: id, claim, workerId }).then(lookForLeft, (error) =>
      logger.warn({ err: error, executionId: id }, 'the trial of an execution could not be ended, and continues until it ends'),
    )
  }

  // One claim at a time; those that ask meanwhile have it repeated.
  const claims = createWorkLoop(
    () => isTaking && (isLeftWanted || isWanted || heard.size > 0),
    () => (isLeftWanted ? takeLeft() : isWanted || isCrowded() ? takeInTurn() : takeHeard()),
    (error) => logger.warn({ err: error }, 'waiting executions could not be looked for'),
  )

  function look(): void {
    isWanted = true
    claims.wake()
  }

  function lookForLeft(): void {
    isLeftWanted = true
    claims.wake()
  }

  return {
    look,
    lookForLeft,
    begin() {
      isTaking = true
      polling = setInterval(() => {
        lookForLeft()
        look()
      }, pollMs)
      lookForLeft()
      look()
    },
    setWorkspace(workspace) {
      codeVersion = workspace.codeVersion
      isLimited = workspace.hasLimits || limits.perOrganization !== null || limits.overall !== null
    },
    hear(executionId) {
      // A worker that begins looks at all that waits.
      if (!isTaking) return
      if (isMine(executionId)) {
        heard.add(executionId)
        claims.wake()
      } else {
        left.add(executionId)
        later ??= setTimeout(takeLater, leaveMs)
      }
    },
    setPeers(workerIds) {
      peers = workerIds.includes(workerId) ? workerIds.toSorted() : [workerId]
    },
    async stop() {
      isTaking = false
      clearInterval(polling)
      clearTimeout(later)
      await claims.settled()
    },
    async drain(withinMs) {
      let timer: NodeJS.Timeout | undefined
      const patience = new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), withinMs)
      })
      while (running.size > 0 && (await Promise.race([Promise.allSettled(running), patience])) !== false);
      clearTimeout(timer)
    },
  }
}
