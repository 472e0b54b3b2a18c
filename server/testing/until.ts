import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits until something is so.
 *
 * It fails late: a busy machine is no fault, and where nothing is wrong nobody waits for it.
 *
 * @returns what the condition returned, once that is neither undefined nor false.
 * @throws Error naming `what`, if it never is.
 */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const result = await condition()
    if (result !== undefined && result !== false) return result
    if (Date.now() > deadline) throw new Error(`Waited ${withinMs} ms until ${what}, and it did not come true.`)
    await delay(10)
  }
}
