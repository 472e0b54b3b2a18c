import { type Context, RetryAfter, requireOk, StopRetrying, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { Compared, Misspelt } from '../integrations/compared.ts'

// What author code can do, right and wrong: it has to come to the same in the test kit and in an execution.

/** How a call failed, as its caller sees it. */
const told = async (call: () => unknown): Promise<unknown> => {
  try {
    return { gave: await call() }
  } catch (thrown) {
    const { name, message, code, details } = thrown as { name: string; message: string; code?: string; details?: object }
    return { name, message, code, details }
  }
}
/** As an author without types would. */
const untyped = <Value>(value: unknown) => value as Value
const nested = (levels: number): unknown => (levels === 0 ? 'end' : [nested(levels - 1)])
const again = { maxAttempts: 3, initialDelayMs: 1, jitter: false }
const map = (ctx: Context, externalOrgId: string, more: object = {}) =>
  ctx.setIntegrationMapping({ integrationName: 'compared', externalOrgId: `${ctx.org.name} ${externalOrgId}`, ...more })

export const asksWhere = workflow({ name: 'asks_where', description: 'Says which workflow it runs in.' }, async (ctx) => ctx.workflowName)

export const acts = {
  'returns JSON': async () => ({ at: new Date(0), url: new URL('http://vendor.example/'), nothing: undefined, list: [undefined, null] }),
  'logs, and shows how far it is': async (ctx) => {
    await ctx.log('info', 'begun', { count: 1 })
    await ctx.progress(1, 2, 'half')
    await ctx.log('warn', 'done')
  },
  'knows for whom it runs, and cannot change it': async (ctx) => [
    ctx.org.name,
    ctx.org.domains,
    ctx.org.fields,
    [ctx, ctx.org, ctx.org.domains, ctx.org.fields, ctx.caller].map((value) => Object.isFrozen(value)),
  ],
  'knows its workflow, in clients and in another one that it calls too': async (ctx) => {
    await map(ctx, '1')
    const client = await ctx.getIntegration(Compared)
    return [
      ctx.workflowName,
      client.workflowName,
      new (ctx.getIntegrationClass('compared'))(ctx).context.workflowName,
      await asksWhere(ctx),
    ]
  },
  'gets a copy of what a step returned': async (ctx) => {
    const kept = { count: 1 }
    const got = await ctx.step('copy', () => kept)
    kept.count = 2
    return [got.count, got === kept]
  },
  'gets from steps what is no JSON': async (ctx) => {
    const plain = await ctx.step('plain', () => ({ at: new Date(0), sizes: new Map([['a', 1n]]), nothing: undefined }))
    const living = await ctx.step('living', () => new URL('http://vendor.example/path'))
    return [plain.at instanceof Date, plain.sizes.get('a') === 1n, 'nothing' in plain, living.pathname]
  },
  'gets too much from a step': async (ctx) => told(() => ctx.step('much', () => '.'.repeat(16 * 1024 * 1024), again)),
  'asks for steps that make no sense': async (ctx) => [
    await told(() => ctx.step('', () => 1)),
    await told(() => ctx.step('x'.repeat(201), () => 1)),
    await told(() => ctx.step('no function', untyped(1))),
    await told(() => ctx.step('no retry', () => 1, untyped(3))),
    await told(() => ctx.step('no attempts', () => 1, { maxAttempts: 0 })),
    await told(() => ctx.sleep(-1)),
    await told(() => ctx.sleep(untyped('1000'))),
  ],
  'reads secrets and config': async (ctx) => [
    await told(() => ctx.getSecret('not_set')),
    await told(() => ctx.getSecret('not a key')),
    await told(() => ctx.getConfig('not a key')),
    await told(() => ctx.getConfig('not_set')),
    await told(() => ctx.getConfig('not_set', 'fallback')),
    await told(() => ctx.getConfig('compared_limit', 3)),
    await told(() => ctx.getConfig('compared_limit', 'text')),
    (await ctx.getSecret('compared_token')).length,
  ],
  'has no mapping': async (ctx) => [
    await told(() => ctx.getIntegrationMapping('compared')),
    await told(() => ctx.getIntegrationMapping(Compared, { mappingId: 'm1' })),
    await told(() => ctx.getIntegrationMapping('never_registered')),
    await told(() => ctx.getOrgMappings('compared')),
    await told(() => ctx.getOrgMappings('never_registered')),
    await told(() => ctx.getIntegration('never_registered')),
    await told(() => ctx.getIntegrationClass('never_registered')),
    await told(() => ctx.getIntegration(untyped<string>(undefined))),
    await told(() => ctx.getIntegrationMapping(untyped<string>({}))),
  ],
  'maps, and maps again': async (ctx) => {
    const first = await map(ctx, '1', { externalOrgName: 'One', mappingData: { port: 1 } })
    const same = await map(ctx, '1')
    const moved = await map(ctx, '2')
    const read = await ctx.getIntegrationMapping(Compared)
    await ctx.deleteIntegrationMapping('compared', first.id)
    await ctx.deleteIntegrationMapping('compared', first.id)
    const other = await map(ctx, '3')
    const back = await map(ctx, '4', { mappingId: first.id })
    return [
      first,
      same,
      moved,
      read,
      [first.id === same.id, same.id === moved.id, first.id === other.id, first.id === back.id],
      await told(() => ctx.getIntegrationMapping('compared')),
      (await map(ctx, '3')).id === other.id,
      await told(() => map(ctx, '3', { externalOrgName: 'Other' })),
      await told(() => map(ctx, '3', { mappingId: first.id })),
      (await ctx.getOrgMappings('compared')).map(({ externalOrgName }) => externalOrgName),
    ]
  },
  'maps what cannot be mapped': async (ctx) => [
    await told(() => ctx.setIntegrationMapping({ integrationName: 'compared', externalOrgId: ' \u00a0\u200b' })),
    await told(() => ctx.setIntegrationMapping({ integrationName: 'compared', externalOrgId: untyped(2 ** 53 + 2) })),
    await told(() => map(ctx, '1', { mappingData: { port: Number.NaN } })),
    await told(() => map(ctx, '1', { mappingData: untyped({ more: [undefined] }) })),
    await told(() => map(ctx, '1', { mappingData: untyped({ more: new Map([['a', 1]]) }) })),
    await told(() => map(ctx, '1', { mappingData: untyped({ more: new Date(Number.NaN) }) })),
    await told(() => ctx.progress(Number.NaN)),
    await told(() => ctx.progress(1, untyped<number>('2'))),
    await told(() => map(ctx, 'x'.repeat(201))),
    await told(() => map(ctx, '\u0085')),
    await told(() => ctx.setIntegrationMapping({ integrationName: 'compared', externalOrgId: '' })),
    await told(() => ctx.setIntegrationMapping({ integrationName: 'compared', externalOrgId: untyped(7) })),
    await told(() => ctx.setIntegrationMapping({ integrationName: 'Not A Name', externalOrgId: '1' })),
    await told(() => ctx.setIntegrationMapping({ integrationName: 'never_registered', externalOrgId: '1' })),
    await told(() => ctx.setIntegrationMapping({ integrationName: 'unmapped', externalOrgId: '1' })),
    await told(() => map(ctx, '1', { externalOrgName: 'x'.repeat(201) })),
    await told(() => map(ctx, '1', { mappingData: untyped({ more: nested(64) }) })),
    await told(() => map(ctx, '1', { mappingData: untyped({ more: nested(150) }) })),
    await told(() => map(ctx, '1', { mappingData: untyped({ more: nested(250) }) })),
    await told(() => map(ctx, '1', { mappingData: { more: 'nul \u0000' } })),
    await told(() => map(ctx, '1', { mappingData: { more: 'half \ud800' } })),
    await told(() => map(ctx, '1', { mappingData: untyped({ more: { 'nul \u0000': 1 } }) })),
    await told(() => map(ctx, '1', { mappingData: { region: 'mars' } })),
    await told(() => map(ctx, '1', { mappingData: { port: 13 } })),
    await told(() => map(ctx, '1', { mappingData: { more: 'x'.repeat(33_000) } })),
    await told(() => map(ctx, '1', { mappingId: 'm1' })),
    await told(() => ctx.getOrgMappings('compared')),
  ],
  'maps members that the schema does not name': async (ctx) => [
    await told(() => map(ctx, '1', { mappingData: { regoin: 'eu' } })),
    await told(() => map(ctx, '1', { mappingData: untyped({ wholly: [{ deep: 1 }], inner: { other: 1 } }) })),
    await told(() => map(ctx, '1', { mappingData: untyped({ inner: { names: [{ text: 'a', txet: 'b' }] } }) })),
    // The platform tells what each of the choices misses.
    untyped<{ code: string }>(await told(() => map(ctx, '1', { mappingData: untyped({ choice: { of: 'b', c: 1 } }) }))).code,
    await told(() => map(ctx, '1', { mappingData: untyped({ inner: { free: { any: 1 } } }) })),
  ],
  'maps a secret that it read': async (ctx) => {
    const token = await ctx.getSecret('compared_token')
    const coded = Buffer.from(`user:${token}`).toString('base64')
    return [
      await told(() => ctx.setIntegrationMapping({ integrationName: 'compared', externalOrgId: token })),
      await told(() => map(ctx, '1', { externalOrgName: `Acme ${token}` })),
      await told(() => map(ctx, '1', { mappingData: untyped({ inner: { free: [{ auth: `Basic ${coded}` }] } }) })),
      await told(() => map(ctx, '1', { mappingData: untyped({ inner: { free: encodeURIComponent(token) } }) })),
      await told(() => map(ctx, '1', { externalOrgName: token.slice(0, 4) })),
    ]
  },
  'reads a global secret for an address that only the mapping data names': async (ctx) => {
    const url = await ctx.getConfig('compared_url', '')
    await map(ctx, '1', { mappingData: { url: 'https://other.example/api' } })
    const first = [
      await told(() => ctx.getIntegrationMapping('compared')),
      await told(() => ctx.getSecret('compared_token')),
      await told(() => ctx.getSecret('counted_key')),
    ]
    await map(ctx, '1', { mappingData: { url } })
    return [...first, await told(() => ctx.getOrgMappings('compared').then((found) => found.length))]
  },
  'reads a mapping that names an address after a global secret': async (ctx) => {
    await ctx.getSecret('compared_token')
    const read = () => ctx.getIntegrationMapping('compared')
    const heard: unknown[] = []
    for (const host of [
      'https://other.example/api',
      'https://api.compared.example',
      'https://eu.compared.example',
      'eu.other.example:443',
    ]) {
      await map(ctx, '1', { mappingData: { url: host } })
      heard.push(
        await told(() => read().then(({ mappingData }) => mappingData.url)),
        await told(() => ctx.getOrgMappings('compared').then((all) => all.length)),
      )
    }
    return heard
  },
  'deletes what is not there': async (ctx) => {
    const answer = untyped<{ code: string }>(await told(() => ctx.deleteIntegrationMapping('compared', 'm1')))
    return answer.code
  },
  'uses clients that are not right': async (ctx) => {
    await map(ctx, '1')
    return [
      await told(() => new (ctx.getIntegrationClass('compared'))(ctx).testConnection()),
      await told(() => ctx.getIntegration(Misspelt)),
    ]
  },
  'asks a vendor that is busy': async (ctx) => {
    await map(ctx, '1')
    const client = await ctx.getIntegration(Compared)
    return [
      await told(() => client.get(`/busy?who=${ctx.executionId}`)),
      await told(() => client.post('/broken')),
      await told(() => client.get('/never')),
    ]
  },
  'asks where nobody answers': async (ctx) => [
    await told(() => ctx.step('port', () => fetch('http://127.0.0.1:9/organizations/1?key=hidden'))),
    await told(() => fetch('nonsense/organizations?key=hidden')),
    await told(() => fetch('http://127.0.0.1:9/', { signal: AbortSignal.abort(new DOMException('mine', 'TimeoutError')) })),
    await ctx.step('last', () => fetch('http://127.0.0.1:9/organizations/2', { method: 'DELETE' })),
  ],
  'tries again what may pass, and nothing else': async (ctx) => {
    const attempts = async (thrown: () => unknown, retry?: typeof again) => {
      let last = 0
      const failing = ({ attempt }: { attempt: number }) => {
        last = attempt
        throw thrown()
      }
      return [await told(() => ctx.step('fail', failing, retry)), last]
    }
    const busy = Object.assign(new Error('busy'), { code: 'http_error', details: { status: 503, method: 'POST', retry_after_ms: 1 } })
    const gone = Object.assign(new Error('gone'), { code: 'http_error', details: { status: 404, method: 'GET' } })
    return [
      await attempts(() => new Error('of the author')),
      await attempts(() => new Error('of the author'), again),
      await attempts(() => new StopRetrying('paid already'), again),
      await attempts(() => new RetryAfter(1), again),
      await attempts(() => new ReferenceError('x is not defined'), again),
      await attempts(() => new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }), again),
      await attempts(() => new Error('It could not be listed.', { cause: busy })),
      await attempts(() => new Error('It could not be listed.', { cause: gone }), again),
      await attempts(() => new DOMException('aborted', 'AbortError'), again),
    ]
  },
  'fails with an error of its own': async () => {
    throw Object.assign(new RangeError('nothing fits'), { code: 'own_code', details: { at: 1 } })
  },
  'throws text': async () => {
    throw 'just text'
  },
  'throws nothing': async () => {
    throw undefined
  },
  'throws an object': async () => {
    throw { status: 404 }
  },
  'forgets to await a step': async (ctx) => {
    ctx.step('forgotten', () => 1)
    return 1
  },
  'returns a step that it does not await': async (ctx) => ({ users: ctx.step('count', () => 1) }),
  'forgets to await a sleep': async (ctx) => {
    ctx.sleep(60_000)
    return 1
  },
  'forgets to await a change': async (ctx) => {
    map(ctx, '1')
    return 1
  },
  'uses forEach': async (ctx) => {
    const names = ['a', 'b']
    // biome-ignore lint/suspicious/useIterableCallbackReturn: it is the mistake
    names.forEach((name) => ctx.step(name, () => name).catch(() => {}))
    return names.length
  },
  'lets a step lose a race': async (ctx) => Promise.race([ctx.step('slow', () => new Promise(() => {})), ctx.step('fast', () => 'fast')]),
  'returns a map': async () => ({ sizes: new Map([['a', 1]]) }),
  'returns a set': async () => ({ deep: [{ names: new Set(['a']) }] }),
  'returns an error': async () => ({ success: false, error: new Error('no') }),
  'returns a big integer': async () => ({ big: 1n }),
  'returns a promise': async () => ({ later: Promise.resolve(1) }),
  'returns a function': async () => () => 1,
  'returns a cycle': async () => {
    const cycle: Record<string, unknown> = {}
    cycle.itself = cycle
    return cycle
  },
} satisfies Record<string, (ctx: Context) => Promise<unknown>>

export const compared = workflow(
  {
    name: 'compared',
    description: 'Does what it is told, as right or wrong as it is.',
    parameters: z.object({ act: z.enum(untyped<[keyof typeof acts]>(Object.keys(acts))) }),
  },
  async (ctx, { act }): Promise<unknown> => (acts[act] as (ctx: Context) => Promise<unknown>)(ctx),
)

export const hearsItsKey = workflow({ name: 'hears_its_key', description: 'Is refused by a vendor that tells the key.' }, async (ctx) => {
  const key = await ctx.getSecret('compared_token')
  const url = await ctx.getConfig('compared_url', '')
  return await ctx.step('ask', async ({ signal }) => {
    const response = await requireOk(await fetch(`${url}/keys?key=${encodeURIComponent(key)}`, { headers: { authorization: key }, signal }))
    return response.status
  })
})

export const isTold = workflow({ name: 'is_told', description: 'Is cancelled while it waits, and continues asking.' }, async (ctx) => {
  const tell = async (call: () => Promise<unknown>) => ctx.log('info', JSON.stringify(await told(call)))
  await ctx.log('info', 'waiting')
  await tell(() => ctx.step('wait', () => new Promise(() => {})))
  for (const call of [
    () => ctx.step('one more', () => 1),
    () => ctx.sleep(1),
    () => ctx.getSecret('compared_token'),
    () => ctx.getConfig('compared_limit'),
    () => ctx.getOrgMappings('compared'),
    () => map(ctx, '1'),
  ])
    await tell(call)
})
