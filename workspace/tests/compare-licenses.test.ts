import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareLicenses } from '../workflows/compare-licenses.ts'
import { givenMicrosoft, startMicrosoftAndHalo } from './given-microsoft.ts'

test('compare_licenses finds each product on the invoice, and says what is bought and not billed', async () => {
  await using world = await startMicrosoftAndHalo()
  const before = await compareLicenses(givenMicrosoft(world))
  const paid = world.tenant.skus.filter(({ skuPartNumber }) => skuPartNumber !== 'FLOW_FREE')
  assert.deepEqual(before.rows.map(({ bought }) => bought).sort(), paid.map(({ enabled }) => enabled).sort())
  assert.ok(
    before.rows.some(({ billed }) => billed > 0),
    'an item that is written otherwise is found',
  )

  const [sku] = paid
  if (sku) sku.enabled += 3
  const ctx = givenMicrosoft(world)
  const after = await compareLicenses(ctx, { open_ticket: true })
  const differenceOf = (rows: typeof before.rows) => rows.reduce((sum, { difference }) => sum + difference, 0)
  assert.equal(differenceOf(after.rows), differenceOf(before.rows) + 3)
  assert.ok(ctx.logs.some(({ message }) => /\d+ bought, \d+ billed/.test(message)))
})

test('an item that is called otherwise is named in config', async () => {
  await using world = await startMicrosoftAndHalo()
  const [sku] = world.tenant.skus
  const config = { license_items: { 'Managed support, per person': sku?.skuPartNumber ?? '' } }
  const [usual, named] = [await compareLicenses(givenMicrosoft(world)), await compareLicenses(givenMicrosoft(world, { config }))]
  const billed = (rows: typeof usual.rows) => rows.reduce((sum, row) => sum + row.billed, 0)
  assert.equal(billed(named.rows), billed(usual.rows) + 10)
})
