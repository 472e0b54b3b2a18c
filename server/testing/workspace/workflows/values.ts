import { type JsonObject, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Values that are no plain data, in every place where author code hands something on.

class Invoice {
  #total = 1
  id = 7
  get total() {
    return this.#total
  }
}

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value }
  return value
}

function cycle(): unknown {
  const self: { a: unknown[] } = { a: [] }
  self.a.push(self)
  return self
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const made: Record<string, () => unknown> = {
  nan: () => ({ rows: [1, Number.NaN] }),
  infinity: () => -Infinity,
  invalid_date: () => ({ at: new Date(Number.NaN) }),
  undefined_in_list: () => ({ list: [1, undefined] }),
  hole: () => Object.assign(Array(3), { 0: 1, 2: 3 }),
  typed_array: () => ({ bytes: new Uint8Array([1, 2]) }),
  buffer: () => Buffer.from('x'),
  map: () => ({ found: new Map([['a', 1]]) }),
  set: () => new Set([1]),
  instance: () => ({ invoice: new Invoice() }),
  boxed: () => ({ a: Object(1) }),
  regexp: () => /x/,
  bigint: () => [1n],
  function: () => ({ run: () => 1 }),
  symbol: () => [Symbol('x')],
  promise: () => ({ late: Promise.resolve(1) }),
  error: () => [new Error('x')],
  cycle,
  deep: () => deep(20_000),
  deep_step: () => deep(199),
  getter: () => ({
    get a() {
      throw new Error('not now')
    },
  }),
  revoked: () => ({ a: revoked() }),
  bad_to_json: () => ({ toJSON: () => [undefined] }),
  converted: () => ({
    zeta: new Date(0),
    a: undefined,
    long_name: new URL('https://x.example/?a=1'),
    b: -0,
    '\ud800': '\udfff',
    list: [null, { z: 1, y: { bb: 1, a: 2 } }],
  }),
  proto: () => JSON.parse('{"zz":1,"__proto__":{"b":1},"constructor":2}'),
  nothing: () => undefined,
}

export const returnsValue = workflow(
  { name: 'returns_value', description: 'Returns a value that may be no plain data.', parameters: z.object({ what: z.string() }) },
  async (_ctx, { what }) => made[what]?.(),
)

export const stepsValue = workflow(
  { name: 'steps_value', description: 'Gets a value from a step, and tells what came.', parameters: z.object({ what: z.string() }) },
  async (ctx, { what }) => {
    const value = await ctx.step('make', () => made[what]?.())
    return Object.prototype.toString.call(value)
  },
)

export const logsValues = workflow({ name: 'logs_values', description: 'Logs what has no JSON.' }, async (ctx) => {
  const cause = Object.assign(new Error('inner'), { code: 'ECONNRESET' })
  const data = {
    e: new TypeError('outer', { cause }),
    map: new Map<unknown, unknown>([['a', new Set([1n])]]),
    pairs: new Map([[{ id: 1 }, 2]]),
    at: [new Date(0), new Date(Number.NaN)],
    url: new URL('https://x.example/a'),
    query: new URLSearchParams('a=1'),
    headers: new Headers({ accept: 'x' }),
    odd: [Number.NaN, undefined, Symbol('s'), () => 1, /x/g, new Uint8Array(3), Promise.resolve(1)],
    invoice: new Invoice(),
    response: new Response('x'),
    cycle: cycle(),
    revoked: revoked(),
    deep: deep(20_000),
    skipped: undefined,
  }
  await ctx.log('info', 'values', data as unknown as JsonObject)
  await ctx.log('info', 'error', new Error('by itself') as unknown as JsonObject)
  await ctx.log('info', { not: 'text' } as unknown as string)
  await ctx.log('info', 'x'.repeat(1_000_000), { much: 'y'.repeat(1_000_000) })
  await ctx.log('info', `${'x'.repeat(32_750)}${await ctx.getSecret('token')}`, { token: await ctx.getSecret('token') })
})

const thrown: Record<string, () => unknown> = {
  huge: () => new Error('x'.repeat(120_000_000)),
  huge_text: () => 'x'.repeat(50_000_000),
  huge_facts: () =>
    Object.assign(new Error('y'), {
      name: 'n'.repeat(1_000_000),
      code: 'c'.repeat(1_000_000),
      details: { much: 'd'.repeat(1_000_000), map: new Map([['a', 1n]]) },
    }),
  chain: () => {
    let error = new Error('the root', { cause: null })
    for (let level = 0; level < 50; level++) error = new Error(`level ${level} ${'z'.repeat(20_000)}`, { cause: error })
    return new Error('top', { cause: error })
  },
  reasons: () => new Error('The sync failed', { cause: new Error('The page was not read', { cause: new Error('the disk is full') }) }),
  aggregate: () => new AggregateError([new Error('first'), new RangeError('second'), 'third', new Error('first')], 'All failed'),
  many: () => new AggregateError(Array.from({ length: 100_000 }, (_, index) => new Error(`number ${index} ${'q'.repeat(1_000)}`))),
  wrapped_aggregate: () => new Error('The vendor was not asked', { cause: new AggregateError([new Error('no way there')]) }),
  hostile: () => ({
    get message() {
      throw new Error('no')
    },
  }),
  half_hostile: () =>
    Object.defineProperties(new Error('told'), {
      name: { get: cycle },
      code: {
        get() {
          throw new Error('no')
        },
      },
      details: {
        get() {
          return new Proxy(
            {},
            {
              ownKeys() {
                throw new Error('no')
              },
            },
          )
        },
      },
    }),
  proxy: revoked,
  bare: () => Object.create(null),
}

export const throwsValue = workflow(
  {
    name: 'throws_value',
    description: 'Throws something strange, in a step or outside.',
    parameters: z.object({ what: z.string(), in_step: z.boolean().default(false) }),
  },
  async (ctx, { what, in_step }) => {
    if (!in_step) throw thrown[what]?.()
    await ctx.step('throws', () => {
      throw thrown[what]?.()
    })
  },
)

export const tellsProgress = workflow(
  { name: 'tells_progress', description: 'Says how far it is, in numbers that there are not.' },
  async (ctx) => {
    await ctx.progress(1, 2, 'm'.repeat(1_000_000))
    await ctx.progress(Number.NaN)
  },
)
