import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Author code as it should not be: each of these must fail alone, with a plain reason.

export const throwsError = workflow({ name: 'throws_error', description: 'Throws an error.' }, async () => {
  throw new RangeError('nothing fits')
})

export const throwsText = workflow({ name: 'throws_text', description: 'Throws a string.' }, async () => {
  throw 'just text'
})

export const returnsCycle = workflow({ name: 'returns_cycle', description: 'Returns what is no JSON.' }, async () => {
  const cycle: Record<string, unknown> = {}
  cycle.itself = cycle
  return cycle
})

export const returnsBigInt = workflow({ name: 'returns_bigint', description: 'Returns what is no JSON.' }, async () => ({ big: 1n }))

export const neverReturns = workflow(
  { name: 'never_returns', description: 'Waits for ever.', timeoutMs: 500 },
  async () => new Promise(() => {}),
)

export const loopsForEver = workflow({ name: 'loops_for_ever', description: 'Does not give way.' }, async (ctx) => {
  await ctx.log('info', 'before the loop')
  for (;;);
})

export const exhaustsHeap = workflow({ name: 'exhausts_heap', description: 'Collects without end.' }, async () => {
  const kept: unknown[] = []
  // In large pieces: a heap that fills slowly is busy with itself long enough, on a busy machine, that it is taken for a loop.
  for (;;) kept.push(new Array(1_000_000).fill(kept.length))
})

export const exits = workflow({ name: 'exits', description: 'Calls process.exit.' }, async () => {
  process.exit(3)
})

export const rejectsUnhandled = workflow({ name: 'rejects_unhandled', description: 'Leaves a rejection behind.' }, async (ctx) => {
  void Promise.reject(new Error('nobody waits for me'))
  await ctx.sleep(60_000)
})

export const throwsFromTimer = workflow({ name: 'throws_from_timer', description: 'Throws where nobody can catch.' }, async (ctx) => {
  setTimeout(() => {
    throw new Error('thrown from a timer')
  }, 5)
  await ctx.sleep(60_000)
})

export const reaches = workflow(
  { name: 'reaches', description: 'Tries what author code must not do.', parameters: z.object({ path: z.string() }) },
  async (_ctx, { path }) => {
    const attempts: Record<string, string> = { environment: JSON.stringify(process.env) }
    const attempt = async (name: string, work: () => unknown) => {
      try {
        await work()
        attempts[name] = 'done'
      } catch (error) {
        attempts[name] = (error as { code?: string }).code ?? (error as Error).message
      }
    }
    const fs = await import('node:fs/promises')
    const childProcess = await import('node:child_process')
    const workers = await import('node:worker_threads')
    await attempt('read', () => fs.readFile(path))
    await attempt('write', () => fs.writeFile(new URL('./written.txt', import.meta.url), 'x'))
    await attempt('child', () => childProcess.execFileSync('true'))
    await attempt('thread', () => new workers.Worker('0', { eval: true }))
    return attempts
  },
)
