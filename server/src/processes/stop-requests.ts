/** Why a process must stop. `orphaned`: the process that started it is gone. */
export type StopReason = 'asked' | 'orphaned'

/** Promises that resolve when this process must stop, and when it must do so at once. */
export type StopRequests = { first: Promise<StopReason>; second: Promise<void> }

/** Ctrl+C arrives twice under npm: from the terminal, and passed on by npm. */
const sameRequestMs = 500

/**
 * Listens to signals, and to the process that started this one. Call it once, first of all: until then a signal just ends the process.
 */
export function listenForStop(): StopRequests {
  const first = Promise.withResolvers<StopReason>()
  const second = Promise.withResolvers<void>()
  let askedAt: number | undefined
  const ask = () => {
    askedAt ??= Date.now()
    if (Date.now() - askedAt > sameRequestMs) second.resolve()
    first.resolve('asked')
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  if (process.send) {
    process.on('message', (message: unknown) => {
      if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'stop') ask()
    })
    process.on('disconnect', () => first.resolve('orphaned'))
  }
  return { first: first.promise, second: second.promise }
}
