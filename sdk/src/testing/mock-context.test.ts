import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import {
  BaseIntegration,
  type Context,
  dataProvider,
  HttpError,
  isCrosswalkError,
  type OrganizationMapping,
  RetryAfter,
  StopRetrying,
  workflow,
} from '../index.ts'
import { mockContext, simulateVendor } from '../testing.ts'

class Flaky {
  failures = 2
  async read(id: string): Promise<string> {
    this.failures -= 1
    if (this.failures >= 0) throw new HttpError('busy', { status: 503 })
    return `read ${id}`
  }
  async whoAmI(): Promise<string> {
    return 'me'
  }
}

class Halo extends BaseIntegration<Flaky> {
  static integrationName = 'halopsa'
  static mappingData = z.object({ region: z.enum(['eu', 'us']).default('eu') })
  static unrecorded = ['whoAmI']
  supportsOrgMapping() {
    return true
  }
  async getClient(_mapping: OrganizationMapping) {
    return new Flaky()
  }
  async testConnection(mapping: OrganizationMapping) {
    return { success: true, message: `${mapping.externalOrgName} by ${this.context.org?.name}` }
  }
}

const mapped = { integrationName: 'halopsa', externalOrgId: '42', externalOrgName: 'Acme Ltd' }
const code = (expected: string) => (error: unknown) => isCrosswalkError(error, expected)

test('code whose credentials are named is refused the secret, and its calls have it', async () => {
  await using vendor = await simulateVendor({ 'GET /who': ({ headers }) => headers.authorization ?? null })
  class Named extends BaseIntegration<{ who(): Promise<unknown>; read(): Promise<string> }> {
    static integrationName = 'named'
    static secrets = { named_key: { label: 'Key' } }
    static credentials = 'named' as const
    getClient() {
      const http = this.context.http({ baseUrl: vendor.url, auth: { bearer: { secret: 'named_key' } } })
      return { who: async () => http.get('/who'), read: async () => this.context.getSecret('other_key') }
    }
    async testConnection() {
      return { success: true, message: 'ok' }
    }
  }
  const mappings = [{ integrationName: 'named', externalOrgId: '1' }]
  const ctx = mockContext({ integrations: [Named], mappings, secrets: { named_key: 'k-1', other_key: 'k-2' } })
  const client = await ctx.getIntegration(Named)
  assert.equal(await client.who(), 'Bearer k-1')
  await assert.rejects(client.read(), (error) => isCrosswalkError(error, 'forbidden'))
  await assert.rejects(ctx.getSecret('named_key'), /are named and not read, so getSecret does not give 'named_key'/)
  assert.equal(await ctx.getSecret('other_key'), 'k-2')
})

test('secrets and config are found by key, and what is missing says so', async () => {
  const ctx = mockContext({ secrets: { key: 's3cret' }, config: { url: 'https://x.example', limit: 5 } })
  assert.equal(await ctx.getSecret('key'), 's3cret')
  assert.equal(await ctx.getConfig('url', 'other'), 'https://x.example')
  assert.equal(await ctx.getConfig('none', 'other'), 'other')
  assert.equal(await ctx.getConfig('none'), undefined)
  assert.equal(await ctx.getConfig('limit'), 5)
  await assert.rejects(ctx.getConfig('limit', 'text'), /'limit' is a number and this code expects text/)
  await assert.rejects(ctx.getSecret('toString'), code('secret_not_found'))
})

test('logs, progress and sleeps are collected and nothing waits', async () => {
  const ctx = mockContext({ org: { name: 'Globex' } })
  await ctx.log('info', 'Found 3', { count: 3 })
  await ctx.progress(1, 3, 'first')
  await ctx.progress(2)
  await ctx.sleep(86_400_000)
  assert.deepEqual(ctx.logs, [{ level: 'info', message: 'Found 3', data: { count: 3 } }])
  assert.deepEqual(ctx.progressReports, [{ done: 1, total: 3, message: 'first' }, { done: 2 }])
  assert.deepEqual(ctx.sleeps, [86_400_000])
  assert.equal(ctx.org.name, 'Globex')
})

test("a client's methods are steps and are tried again without waiting", async () => {
  const ctx = mockContext({ integrations: [Halo], mappings: [mapped] })
  const client = await ctx.getIntegration(Halo)
  assert.equal(await client.read('7'), 'read 7')
  await client.whoAmI()
  assert.deepEqual(
    ctx.steps.map(({ name, args, status, attempts, result }) => ({ name, args, status, attempts, result })),
    [{ name: 'halopsa.read', args: ['7'], status: 'success', attempts: 3, result: 'read 7' }],
  )
  assert.deepEqual(ctx.waits, [1_000, 2_000])
})

test('a step is told its attempt and one key for all attempts, and fails with what the last one threw', async () => {
  const ctx = mockContext({ executionId: 'e1' })
  const seen: [number, string][] = []
  await assert.rejects(
    ctx.step(
      'send',
      ({ attempt, idempotencyKey }) => {
        seen.push([attempt, idempotencyKey])
        throw attempt === 1 ? new RetryAfter(9_000) : new StopRetrying('paid already')
      },
      { maxAttempts: 10 },
    ),
    /paid already/,
  )
  const [, key = ''] = seen[0] ?? []
  assert.match(key, /^[0-9a-f]{32}$/)
  assert.deepEqual(seen, [
    [1, key],
    [2, key],
  ])
  assert.deepEqual(ctx.waits, [9_000])
  assert.deepEqual([ctx.steps[0]?.status, ctx.steps[0]?.attempts], ['failed', 2])
})

test('a cancelled execution begins no further step and no further attempt', async () => {
  const controller = new AbortController()
  const ctx = mockContext({ signal: controller.signal })
  const failing = ctx.step('one', () => {
    controller.abort(new Error('cancelled'))
    throw new Error('network')
  })
  await assert.rejects(failing, /cancelled/)
  await assert.rejects(
    ctx.step('two', () => 1),
    /cancelled/,
  )
  await assert.rejects(ctx.sleep(1), /cancelled/)
  await assert.rejects(ctx.getSecret('key'), /cancelled/)
  assert.equal(ctx.steps.length, 1)
})

test('a step that returns more than is recorded fails once, with the words of an execution', async () => {
  const ctx = mockContext()
  const much = () => ctx.step('much', () => '.'.repeat(16 * 1024 * 1024), { maxAttempts: 3 })
  await assert.rejects(much, (error) => isCrosswalkError(error, 'step_result_too_large') && /Return a summary/.test(error.message))
  assert.deepEqual([ctx.steps[0]?.status, ctx.steps[0]?.attempts], ['failed', 1])
})

test('what a step returns is a copy where it is plain data, and shown as not recorded where it is not', async () => {
  const ctx = mockContext()
  const kept = { at: new Date(0) }
  const got = await ctx.step('copy', () => kept)
  assert.deepEqual(got, kept)
  assert.notEqual(got, kept)
  const url = new URL('http://vendor.example')
  assert.equal(await ctx.step('living', () => url), url)
  assert.deepEqual(
    ctx.steps.map(({ isRecorded }) => isRecorded),
    [true, false],
  )
})

test('a workflow that forgets to await a step fails and names it, and one that looks at it elsewhere is warned', async () => {
  const define = (run: (ctx: Context) => Promise<unknown>) => workflow({ name: 'hasty', description: 'x' }, run)
  const forgets = define(async (ctx) => void ctx.step('save', () => 1))
  await assert.rejects(forgets(mockContext()), (error) => {
    assert.ok(isCrosswalkError(error, 'step_not_awaited'))
    assert.match(error.message, /^The workflow 'hasty' returned while 'save' was not done.*Write await before it/)
    return true
  })
  const ctx = mockContext({ integrations: [Halo], mappings: [mapped] })
  const forgetsCall = define(async (given) => ({ text: (await given.getIntegration(Halo)).read('7') }))
  await assert.rejects(forgetsCall(ctx), /while 'halopsa\.read' was not done/)
  const loops = define(async (given) => [1, 2].forEach(async (item) => void (await given.step(`item ${item}`, () => item))))
  await loops(ctx)
  assert.match(ctx.logs[0]?.message ?? '', /while 'item 1' was not done.*forEach waits for nothing/)
})

test('a workflow that calls another is looked at only when it returns itself', async () => {
  const inner = workflow({ name: 'inner', description: 'x' }, async (ctx) => ctx.step('inner', () => 1))
  const outer = workflow({ name: 'outer', description: 'x' }, async (ctx) => {
    const begun = ctx.step('begun', () => new Promise<number>((resolve) => setTimeout(resolve, 5, 2)))
    return (await inner(ctx)) + (await begun)
  })
  assert.equal(await outer(mockContext()), 3)
})

test('the context has the name of the workflow that runs with it, of several at once too, and outside of one what the test says', async () => {
  const inner = workflow({ name: 'inner', description: 'x' }, async (ctx) => ctx.workflowName)
  const outer = workflow({ name: 'outer', description: 'x' }, async (ctx) => [
    ctx.workflowName,
    await ctx.step('look', () => ctx.workflowName),
    await inner(ctx),
  ])
  const options = dataProvider({ name: 'options', description: 'x' }, async (ctx) => [{ label: `${ctx.workflowName}`, value: 1 }])
  const ctx = mockContext()
  assert.deepEqual(await Promise.all([outer(ctx), inner(ctx)]), [['outer', 'outer', 'outer'], 'inner'])
  assert.deepEqual([ctx.workflowName, (await options(ctx))[0]?.label], [undefined, 'undefined'])
  const named = mockContext({ workflowName: 'named' })
  assert.deepEqual(
    [named.workflowName, await inner(named), (await named.replayAfterCrash(outer, { step: 1 }))[1]],
    ['named', 'inner', 'outer'],
  )
})

test('an integration is got by name or class, and constructed as in the quickstart', async () => {
  const ctx = mockContext({ integrations: [Halo], mappings: [mapped] })
  const byName = ctx.getIntegrationClass('halopsa')
  const result = await new byName(ctx).testConnection(await ctx.getIntegrationMapping('halopsa'))
  assert.equal(result.message, 'Acme Ltd by Acme')
  assert.throws(() => ctx.getIntegrationClass('ninja'), /No integration is named 'ninja'. Available: halopsa\./)
  await assert.rejects(ctx.getIntegration('ninja'), code('integration_not_found'))
})

test('without a mapping there is no client and no default', async () => {
  const ctx = mockContext({ integrations: [Halo] })
  await assert.rejects(ctx.getIntegration(Halo), code('mapping_not_found'))
})

test('mapping data is checked when it is set, and has its defaults when it is read', async () => {
  const ctx = mockContext({ integrations: [Halo] })
  await assert.rejects(ctx.setIntegrationMapping({ ...mapped, mappingData: { region: 'mars' } }), code('validation_failed'))
  await assert.rejects(ctx.setIntegrationMapping({ ...mapped, integrationName: 'ninja' }), code('integration_not_found'))
  await assert.rejects(ctx.setIntegrationMapping({ ...mapped, externalOrgId: ' ' }), code('validation_failed'))
  await assert.rejects(
    ctx.setIntegrationMapping({ ...mapped, mappingData: { region: 5n } as never }),
    /mapping_data must be plain JSON, and at region holds a BigInt: write it as text, with String\(…\), or as a number/,
  )
  await assert.rejects(ctx.progress(5n as never), /needs numbers; done is a BigInt\. Write Number\(done\)\./)
  await ctx.setIntegrationMapping(mapped)
  assert.equal((await ctx.getIntegrationMapping(Halo)).mappingData.region, 'eu')
})

test("an organization's own secret comes before the global one, and is given for whatever host mapping data names", async () => {
  const mappings = [{ integrationName: 'halopsa', externalOrgId: '1', mappingData: { url: 'https://own.example' } }]
  const own = mockContext({ secrets: { key: 'global' }, organizationSecrets: { key: 'own' }, mappings })
  await own.getIntegrationMapping('halopsa')
  assert.equal(await own.getSecret('key'), 'own')
  const configured = mockContext({ secrets: { key: 'global' }, config: { url: 'https://own.example/v2' }, mappings })
  await configured.getIntegrationMapping('halopsa')
  assert.equal(await configured.getSecret('key'), 'global')
  const unknown = mockContext({ secrets: { key: 'global' }, mappings })
  assert.equal(await unknown.getSecret('key'), 'global')
  await assert.rejects(unknown.getOrgMappings('halopsa'), { code: 'address_not_allowed' })
})
