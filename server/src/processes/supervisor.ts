import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { StartError, startErrorExitCode } from '../platform/start-error.ts'

/** What a supervised process tells: that it works, or why starting it again would not help. */
export type ProcessMessage =
  | { type: 'ready'; url?: string | undefined; notices?: readonly string[] }
  | { type: 'start_error'; code: string; message: string }

export type ProcessPlan = {
  name: string
  /** For Node: the program's file, then its arguments. */
  args: string[]
  env: NodeJS.ProcessEnv
  /** Where its output goes: a file descriptor. */
  output: number
  /** How long it may take to stop by itself. */
  graceMs: number
}

export type SupervisedProcess = {
  /** Resolves, the first time it works, to where it listens if it does. */
  ready: Promise<string | undefined>
  /** Resolves if it never works, to the reason. Stays pending otherwise. */
  failed: Promise<StartError>
  /** Tells it, while it runs, on which port the API listens. */
  tellPort(port: number): void
  /** What the operator must know of it, since it works. */
  notices(): readonly string[]
  /** Asks it to stop and waits; kills it when its time is over. */
  stop(): Promise<void>
  /** Kills it. */
  kill(): void
}

type Ending = { reason: string; startError?: StartError }
type Started = { child: ChildProcess; ended: Promise<Ending> }

/** Has `migrate` make a database role of this name for workers, and tell its address. */
export const workerRoleVariable = 'CROSSWALK_WORKER_ROLE'

const maxPauseMs = 10_000
/** A process that worked this long and then ended counts as a first failure again. */
const steadyMs = 30_000
const triesBeforeReady = 3

function isProcessMessage(message: unknown): message is ProcessMessage {
  return (
    typeof message === 'object' && message !== null && 'type' in message && (message.type === 'ready' || message.type === 'start_error')
  )
}

const flags = [
  // Nobody but us debugs it: a signal must not open an inspector in a process that holds keys.
  '--disable-sigusr1',
  // To give memory back when it is idle.
  '--expose-gc',
  // The room for new objects, in MB. An idle time takes it back to this, and what requests leave behind never lets it grow: with V8's own
  // smallest, a ninth of the time of a busy API was spent on collecting.
  '--min-semi-space-size=16',
  // A collection in an idle time would take the code that was not run lately, which takes long to be fast again, for 4 MB in all.
  '--no-flush-bytecode',
]

function startProcess(plan: ProcessPlan, onReady: (told: Extract<ProcessMessage, { type: 'ready' }>) => void): Started {
  const child = spawn(process.execPath, [...flags, ...plan.args], {
    env: plan.env,
    stdio: ['ignore', plan.output, plan.output, 'ipc'],
    // A session of its own: Ctrl+C in a terminal reaches us alone, and we stop the processes in order.
    detached: true,
  })
  let startError: StartError | undefined
  child.on('message', (message) => {
    if (!isProcessMessage(message)) return
    if (message.type === 'ready') onReady(message)
    else startError = new StartError(message.code, message.message)
  })
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', (error) => resolve({ reason: error.message }))
    // `close` comes after the last message, `exit` may come before it.
    child.once('close', (code, signal) => {
      const reason = signal ? `killed by ${signal}` : `exit code ${code}`
      resolve(code === startErrorExitCode && startError ? { reason, startError } : { reason })
    })
  })
  return { child, ended }
}

async function endProcess({ child, ended }: Started, graceMs: number): Promise<void> {
  if (child.connected) child.send({ type: 'stop' }, () => {})
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await ended
  clearTimeout(timer)
}

/**
 * Runs a process to its end. Returns what it told as its address.
 *
 * @param abort kills it.
 * @throws StartError its own, or process_failed.
 */
export async function runProcess(plan: ProcessPlan, abort: Promise<unknown>): Promise<string | undefined> {
  let url: string | undefined
  const started = startProcess(plan, (told) => {
    url = told.url
  })
  void abort.then(() => started.child.kill('SIGKILL'))
  const { reason, startError } = await started.ended
  if (startError) throw startError
  if (reason !== 'exit code 0') throw processFailed(plan, `ended (${reason})`)
  return url
}

function processFailed(plan: ProcessPlan, what: string): StartError {
  return new StartError(
    'process_failed',
    `The ${plan.name} process ${what}. The log says why; set CROSSWALK_LOG_LEVEL=debug to see more of it.`,
  )
}

/**
 * Keeps a process running: starts it again when it ends, with growing pauses, until it is stopped.
 * `plan.env` is read at each start, so it may change in between.
 */
export function superviseProcess(plan: ProcessPlan, logger: Pick<Logger, 'error'>): SupervisedProcess {
  const ready = Promise.withResolvers<string | undefined>()
  const failed = Promise.withResolvers<StartError>()
  const stopping = new AbortController()
  let current: Started | undefined
  let wasReady = false
  let notices: readonly string[] = []

  const keepRunning = async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const startedAt = Date.now()
      current = startProcess(plan, (told) => {
        wasReady = true
        notices = told.notices ?? []
        ready.resolve(told.url)
      })
      const { reason, startError } = await current.ended
      current = undefined
      if (stopping.signal.aborted) return
      failures = wasReady && Date.now() - startedAt > steadyMs ? 1 : failures + 1
      // Once it has worked, nothing that the operator set can be wrong; what is in its way now may go away.
      if (!wasReady && startError) return failed.resolve(startError)
      if (!wasReady && failures >= triesBeforeReady)
        return failed.resolve(processFailed(plan, `ended ${failures} times before it was ready (${reason})`))
      const pauseMs = Math.min(maxPauseMs, 100 * 2 ** failures)
      logger.error(
        { part: plan.name, reason: startError?.message ?? reason, pause_ms: pauseMs },
        'a process ended by itself and is started again',
      )
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const over = keepRunning()

  return {
    ready: ready.promise,
    failed: failed.promise,
    notices: () => notices,
    tellPort(port) {
      if (current?.child.connected) current.child.send({ type: 'port', port }, () => {})
    },
    async stop() {
      stopping.abort()
      if (current) await endProcess(current, plan.graceMs)
      await over
    },
    kill() {
      stopping.abort()
      current?.child.kill('SIGKILL')
    },
  }
}
