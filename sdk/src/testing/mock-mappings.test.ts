import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isCrosswalkError, MultipleMappingsError } from '../index.ts'
import { mockContext } from '../testing.ts'

const code = (expected: string) => (error: unknown) => isCrosswalkError(error, expected)
const draft = (externalOrgId: string, more: { externalOrgName?: string; mappingId?: string } = {}) => ({
  integrationName: 'halopsa',
  externalOrgId,
  ...more,
})

test('setting creates the first mapping and updates the only one, which keeps its id and data', async () => {
  const ctx = mockContext()
  const created = await ctx.setIntegrationMapping({ ...draft('1', { externalOrgName: 'One' }), mappingData: { a: 1 } })
  const updated = await ctx.setIntegrationMapping(draft('1'))
  assert.deepEqual(updated, created)
  const moved = await ctx.setIntegrationMapping(draft('2'))
  assert.deepEqual([moved.id, moved.externalOrgName, moved.mappingData], [created.id, '2', { a: 1 }])
})

test('several mappings need a choice, and the error says which there are', async () => {
  const ctx = mockContext({
    mappings: [
      { ...draft('1'), id: 'm1' },
      { ...draft('2'), id: 'm2' },
    ],
  })
  await assert.rejects(ctx.getIntegrationMapping('halopsa'), (error) => {
    assert.ok(error instanceof MultipleMappingsError)
    assert.deepEqual(error.mappingIds, ['m1', 'm2'])
    return true
  })
  assert.equal((await ctx.getIntegrationMapping('halopsa', { mappingId: 'm2' })).externalOrgId, '2')
  assert.equal((await ctx.setIntegrationMapping(draft('3', { mappingId: 'm1' }))).id, 'm1')
})

test('a mapping is found neither by an unknown id, nor through another integration, nor once it was deleted', async () => {
  const ctx = mockContext({ mappings: [{ ...draft('1'), id: 'm1' }] })
  await assert.rejects(ctx.getIntegrationMapping('halopsa', { mappingId: 'm9' }), code('mapping_not_found'))
  await assert.rejects(ctx.getIntegrationMapping('ninja', { mappingId: 'm1' }), code('mapping_not_found'))
  await assert.rejects(ctx.setIntegrationMapping(draft('2', { mappingId: 'm9' })), code('mapping_not_found'))
  await assert.rejects(ctx.deleteIntegrationMapping('ninja', 'm1'), code('mapping_not_found'))
  await ctx.deleteIntegrationMapping('halopsa', 'm1')
  await ctx.deleteIntegrationMapping('halopsa', 'm1')
  await assert.rejects(ctx.getIntegrationMapping('halopsa', { mappingId: 'm1' }), code('mapping_not_found'))
  assert.deepEqual(
    ctx.mappings.map(({ isActive }) => isActive),
    [false],
  )
})

test('the same external organization is not mapped twice', async () => {
  const ctx = mockContext({
    mappings: [
      { ...draft('1'), id: 'm1' },
      { ...draft('2'), id: 'm2' },
    ],
  })
  assert.equal((await ctx.setIntegrationMapping(draft('1'))).id, 'm1', 'one that is just so already is returned')
  await assert.rejects(ctx.setIntegrationMapping(draft('1', { externalOrgName: 'Other' })), code('mapping_exists'))
  await assert.rejects(ctx.setIntegrationMapping(draft('1', { mappingId: 'm2' })), code('mapping_exists'))
})

test('whatever is set and deleted, active external ids are distinct and resolution never guesses', async () => {
  const externalOrgId = fc.constantFrom('1', '2', '3')
  const command = fc.oneof(
    fc.record({ act: fc.constant('set' as const), externalOrgId, choice: fc.option(fc.nat(4), { nil: undefined }) }),
    fc.record({ act: fc.constant('delete' as const), choice: fc.nat(4) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 12 }), async (commands) => {
      const ctx = mockContext()
      for (const given of commands) {
        const mappingId = given.choice === undefined ? undefined : (ctx.mappings[given.choice]?.id ?? 'unknown')
        const before = ctx.mappings
        const done =
          given.act === 'set'
            ? ctx.setIntegrationMapping({ ...draft(given.externalOrgId), mappingId })
            : ctx.deleteIntegrationMapping('halopsa', mappingId ?? '')
        await done.catch((error: unknown) => {
          assert.ok(isCrosswalkError(error, 'mapping_exists') || isCrosswalkError(error, 'mapping_not_found'), String(error))
          assert.deepEqual(ctx.mappings, before, 'a refused change changes nothing')
        })
        const active = await ctx.getOrgMappings('halopsa')
        assert.equal(new Set(active.map((mapping) => mapping.externalOrgId)).size, active.length)
        const resolved = await ctx.getIntegrationMapping('halopsa').catch((error: { code: string }) => error.code)
        assert.deepEqual(resolved, active.length === 1 ? active[0] : active.length === 0 ? 'mapping_not_found' : 'multiple_mappings')
      }
    }),
    { numRuns: 200 },
  )
})
