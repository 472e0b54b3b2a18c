import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mockContext } from '@crosswalk/sdk/testing'
import { sayHello } from '../workflows/say-hello.ts'

test('it greets the organization', async () => {
  const ctx = mockContext({ org: { name: 'Acme Corp' } })
  assert.deepEqual(await sayHello(ctx), { text: 'Hello, Acme Corp!' })
  assert.equal(ctx.logs[0]?.message, 'Hello, Acme Corp!')
})

test('a crash does not repeat the step', async () => {
  const ctx = mockContext({ org: { name: 'Acme Corp' } })
  const result = await ctx.replayAfterCrash((again) => sayHello(again, { greeting: 'Welcome' }), { step: 1, when: 'recorded' })
  assert.deepEqual(result, { text: 'Welcome, Acme Corp!' })
  assert.equal(ctx.steps.length, 1)
})
