import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BaseIntegration, type Context, dataProvider, type OrganizationMapping, type SavedMapping, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// These are checked by the compiler: a line that stops compiling, or an expected error that disappears, fails `npm run check`.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_Claim extends true>() => undefined

class TypedClient {
  async listUsers(): Promise<{ id: string }[]> {
    return []
  }
}

class Typed extends BaseIntegration<TypedClient> {
  static integrationName = 'typed_for_tests'
  static mappingData = z.object({ region: z.string().optional(), port: z.number().default(443) })
  async getClient(mapping: OrganizationMapping<z.infer<typeof Typed.mappingData>>) {
    holds<Equal<typeof mapping.mappingData.port, number>>()
    return new TypedClient()
  }
  async testConnection() {
    return { success: true, message: 'ok' }
  }
}

declare module '@crosswalk/sdk' {
  interface IntegrationRegistry {
    typed_for_tests: typeof Typed
  }
}

async function contextIsTyped(ctx: Context) {
  const byClass = await ctx.getIntegration(Typed)
  const byName = await ctx.getIntegration('typed_for_tests', { mappingId: 'x' })
  holds<Equal<typeof byClass, TypedClient>>()
  holds<Equal<typeof byName, TypedClient>>()

  const unknownClient = await ctx.getIntegration('never_registered')
  holds<Equal<typeof unknownClient, unknown>>()

  const mapping = await ctx.getIntegrationMapping(Typed)
  holds<Equal<typeof mapping.id, string>>()
  holds<Equal<(typeof mapping)['mappingData']['port'], number>>()
  const loose = await ctx.getIntegrationMapping('never_registered')
  loose satisfies SavedMapping
  holds<Equal<Awaited<ReturnType<typeof ctx.getOrgMappings<'typed_for_tests'>>>[number]['mappingData']['port'], number>>()

  const integration = new (ctx.getIntegrationClass('typed_for_tests'))(ctx)
  integration satisfies Typed
  await new (ctx.getIntegrationClass('never_registered'))(ctx).testConnection(loose)

  const text = await ctx.getConfig('url', 'https://api.example.com')
  holds<Equal<typeof text, string>>()
  const count = await ctx.getConfig('count', 3)
  holds<Equal<typeof count, number>>()

  const stepped = await ctx.step('count', ({ attempt, idempotencyKey, signal }) => ({ attempt, idempotencyKey, aborted: signal.aborted }))
  holds<Equal<typeof stepped, { attempt: number; idempotencyKey: string; aborted: boolean }>>()
}

const parameters = z.object({ name: z.string(), limit: z.number().default(10) })
const typedWorkflow = workflow({ name: 'typed', description: 'x', parameters }, async (_ctx, given) => {
  holds<Equal<typeof given, { name: string; limit: number }>>()
  return { total: given.limit }
})
const noParameters = workflow({ name: 'bare', description: 'x' }, () => 1)
const typedProvider = dataProvider({ name: 'typed', description: 'x', parameters }, (_ctx, given) => [
  { label: given.name, value: given.limit },
])

async function workflowsAreTyped(ctx: Context) {
  const result = await typedWorkflow(ctx, { name: 'a' })
  holds<Equal<typeof result, { total: number }>>()
  const one = await noParameters(ctx)
  holds<Equal<typeof one, number>>()
  await typedProvider(ctx, { name: 'a', limit: 1 })
  // @ts-expect-error name is required
  await typedWorkflow(ctx)
  // @ts-expect-error limit is a number
  await typedWorkflow(ctx, { name: 'a', limit: '1' })
}

test('the types above compile', () => {
  assert.equal(typeof contextIsTyped, 'function')
  assert.equal(typeof workflowsAreTyped, 'function')
})
