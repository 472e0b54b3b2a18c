import type { AsyncLocalStorage } from 'node:async_hooks'
import { format } from 'node:util'
import type { Session } from './session.ts'

type Process = { current: AsyncLocalStorage<Session>; sessions: Map<string, Session>; workspace: () => string }

/** The execution that a failure outside of any await belongs to: the one whose code is running, or the only one there is. */
function guilty({ current, sessions }: Process): Session[] {
  const store = current.getStore()
  if (store) return [store]
  return [...sessions.values()].filter((session) => !session.hasEnded)
}

/**
 * Takes from author code what would let one execution end or speak for others: the channel, `process.exit`, the shared console.
 * Failures that nobody catches end the execution that caused them, and no other.
 */
export function confine(given: Process): void {
  // What started this process may have set some, such as the folder.
  for (const name of Object.keys(process.env)) delete process.env[name]

  const failGuilty = (thrown: unknown, type: string): void => {
    for (const session of guilty(given)) {
      const failure = thrown instanceof Error ? thrown : new Error(format(thrown))
      if (!(thrown instanceof Error)) failure.name = type
      session.fail(failure)
    }
  }
  process.on('unhandledRejection', (reason) => failGuilty(reason, 'UnhandledRejection'))
  process.on('uncaughtException', (error) => failGuilty(error, 'UncaughtException'))

  // Bound before it is refused.
  // Node has it, its types do not: `exit` without the listeners.
  const reallyExit = (process as unknown as { reallyExit(code: number): never }).reallyExit.bind(process)
  const refuse = (what: string) => (): never => {
    const error = Object.assign(new Error(`${what} is not available to author code: return from the workflow, or throw an error.`), {
      code: 'process_exit',
    })
    given.current.getStore()?.fail(error)
    throw error
  }
  /** For what does not end an execution: a library may try it, and do without. */
  const deny = (what: string) => (): never => {
    throw Object.assign(new Error(`${what} is not available to author code.`), { code: 'ERR_ACCESS_DENIED' })
  }
  const methods: Record<string, (...args: never[]) => unknown> = {
    exit: refuse('process.exit'),
    abort: refuse('process.abort'),
    kill: refuse('process.kill'),
    reallyExit: refuse('process.reallyExit'),
    // Node itself calls it, outside of every execution, when the host is gone: then a runner has nothing to do.
    disconnect: () => (given.current.getStore() ? refuse('process.disconnect')() : reallyExit(0)),
    send: refuse('process.send'),
    dlopen: deny('process.dlopen'),
    execve: deny('process.execve'),
    // What Node keeps for itself. The layers below hold without this: it saves author code from finding that out.
    binding: deny('process.binding'),
    _linkedBinding: deny('process._linkedBinding'),
    _kill: deny('process._kill'),
    _debugProcess: deny('process._debugProcess'),
    _debugEnd: deny('process._debugEnd'),
  }
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(process, name, { value, writable: false, configurable: false })
  // Node puts one of its own there when its threads are first loaded, which is refused without failing.
  const chdir = refuse('process.chdir')
  Object.defineProperty(process, 'chdir', { get: () => chdir, set() {}, configurable: false })
  Object.defineProperty(process.permission, 'drop', { value: deny('process.permission.drop'), writable: false, configurable: false })
  // The messages of the host are of all executions here: nobody else may listen to them, nor take our listeners away.
  const reserved = new Set<unknown>(['message', 'disconnect', 'unhandledRejection', 'uncaughtException'])
  for (const method of [
    'on',
    'once',
    'addListener',
    'prependListener',
    'prependOnceListener',
    'off',
    'removeListener',
    'removeAllListeners',
    'listeners',
    'rawListeners',
  ] as const) {
    const original = process[method].bind(process) as (...args: unknown[]) => unknown
    const guarded = (...args: unknown[]): unknown => {
      const isOurs = args.length === 0 || reserved.has(args[0])
      if (isOurs && given.current.getStore()) return refuse(`process.${method}(${String(args[0] ?? '')})`)()
      return original(...args)
    }
    Object.defineProperty(process, method, { value: guarded, writable: false, configurable: false })
  }

  for (const [method, level] of [
    ['debug', 'debug'],
    ['log', 'info'],
    ['info', 'info'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['trace', 'debug'],
  ] as const) {
    const write = console[method].bind(console)
    console[method] = (...args: unknown[]): void => {
      const session = given.current.getStore()
      if (session) session.log(level, format(...args))
      else write(...args)
    }
  }
}
