import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { dataProvider, isCrosswalkError, isDataProvider } from './index.ts'
import { mockContext } from './testing.ts'

const listSites = dataProvider(
  { name: 'list_sites', description: 'Sites.', parameters: z.object({ search: z.string().default('') }), cacheSeconds: 60 },
  async (_ctx, { search }) => ['Vienna', 'Graz'].filter((site) => site.includes(search)).map((site) => ({ label: site, value: site })),
)

test('a data provider answers options for its parameters', async () => {
  assert.deepEqual(await listSites(mockContext(), { search: 'Gr' }), [{ label: 'Graz', value: 'Graz' }])
  assert.equal((await listSites(mockContext())).length, 2)
  assert.ok(isDataProvider(listSites))
  assert.equal(listSites.definition.cacheSeconds, 60)
})

test('parameters that do not fit are refused', async () => {
  // @ts-expect-error search is text
  await assert.rejects(listSites(mockContext(), { search: 1 }), (error) => isCrosswalkError(error, 'validation_failed'))
})

test('an answer that is not a list of options is named as the mistake of its author', async () => {
  const define = (answer: unknown) => dataProvider({ name: 'broken', description: 'x' }, () => answer as []) // as an author without types would
  await assert.rejects(define('oops')(mockContext()), /must return a list/)
  await assert.rejects(define([{ label: 'a', value: 1 }, { label: 'b' }])(mockContext()), /position 1/)
})
