import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Author code that works against the channel of its runner, with all that a runner leaves it.

const descriptor = 3

export const logsStrangeData = workflow({ name: 'logs_strange_data', description: 'Logs what is hard to read.' }, async (ctx) => {
  let deep: unknown = 0
  for (let level = 0; level < 3_000; level++) deep = { deep }
  await ctx.log('info', 'coercing', { toString: 1, valueOf: 1 })
  await ctx.log('info', 'deep', { deep } as never)
  await ctx.log('info', { toString: null } as never)
  console.log({ toString: 1, valueOf: 1 }, deep)
  return 'logged'
})

export const progressInCircles = workflow({ name: 'progress_in_circles', description: 'Has a secret in a circle.' }, async (ctx) => {
  const secret = await ctx.getSecret('api_key')
  const circle: Record<string, unknown> = { secret }
  circle.itself = circle
  await ctx.progress(1, 2, circle as never)
  return 'told'
})

export const floodsConsole = workflow(
  { name: 'floods_console', description: 'Logs 240 MB without a pause.', timeoutMs: 120_000 },
  async () => {
    const line = 'x'.repeat(30_000)
    for (let count = 0; count < 8_000; count++) console.log(line)
    return 'logged'
  },
)

export const writesToOutput = workflow({ name: 'writes_to_output', description: 'Writes to its output.' }, async (ctx) => {
  const secret = await ctx.getSecret('api_key')
  process.stdout.write(`in the open: ${secret}\n`)
  process.stdout.write(`in two pieces: ${secret.slice(0, 5)}`)
  process.stdout.write(Buffer.from(`${secret.slice(5)}, and\nto the end: ${secret.slice(0, 5)}`))
  process.stdout.write(secret.slice(5))
  writeSync(1, `past everything: ${secret}\n`)
  writeSync(2, `past everything: ${secret}\n`)
  return 'written'
})

export const writesToChannel = workflow(
  {
    name: 'writes_to_channel',
    description: 'Writes to the descriptor of the channel.',
    parameters: z.object({ how: z.enum(['garbage', 'huge', 'half', 'stream']) }),
  },
  async (_ctx, { how }) => {
    const header = Buffer.alloc(24)
    header.writeUInt32LE(how === 'huge' ? 2 ** 31 : 2, 0)
    if (how === 'garbage') writeSync(descriptor, Buffer.alloc(1_000, 0xff))
    else if (how === 'stream') new Socket({ fd: descriptor }).write(Buffer.concat([header, Buffer.from('{}')]))
    else writeSync(descriptor, how === 'huge' ? header : header.subarray(0, 10))
    await new Promise((resolve) => setTimeout(resolve, 500))
    return 'written'
  },
)

export const listensIn = workflow(
  { name: 'listens_in', description: 'Patches all that a channel may use, and says what it heard.' },
  async (ctx) => {
    const heard: string[] = []
    let isNoting = false
    const note = (value: unknown) => {
      if (isNoting) return
      isNoting = true
      const text = typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString('latin1') : ''
      if (text.includes('"type"')) heard.push(text)
      isNoting = false
    }
    const patched: [object, string][] = [
      [JSON, 'parse'],
      [JSON, 'stringify'],
      [Buffer.prototype, 'toString'],
      [Buffer.prototype, 'subarray'],
      [Socket.prototype, 'write'],
      [Socket.prototype, 'emit'],
      [Map.prototype, 'get'],
      [Map.prototype, 'set'],
    ]
    const originals = patched.map(([of, name]) => Reflect.get(of, name) as (...args: unknown[]) => unknown)
    for (const [index, [of, name]] of patched.entries()) {
      const original = originals[index] as (...args: unknown[]) => unknown
      Reflect.set(of, name, function (this: unknown, ...args: unknown[]) {
        for (const arg of [this, ...args]) note(arg)
        return Reflect.apply(original, this, args)
      })
    }
    Reflect.set(Object.prototype, 'toJSON', function (this: { type?: string }) {
      if (this.type === 'log' || this.type === 'step') heard.push('toJSON')
      return this
    })
    try {
      await ctx.log('info', 'a line')
      await ctx.step('a step', async () => 1)
    } finally {
      for (const [index, [of, name]] of patched.entries()) Reflect.set(of, name, originals[index])
      Reflect.deleteProperty(Object.prototype, 'toJSON')
    }
    const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles()
    return { heard, handles: handles.length, channel: typeof process.channel, connected: process.connected ?? null }
  },
)
