import assert from 'node:assert/strict'
import { test } from 'node:test'
import { productName } from '@crosswalk/integrations/microsoft_graph/products'
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

test('what is billed and not bought any more is told, and an Office 365 is no Microsoft 365', async () => {
  await using world = await startMicrosoftAndHalo()
  const before = await compareLicenses(givenMicrosoft(world))
  const billed = before.rows.find((row) => row.billed > 0)
  assert.ok(billed)
  const gone = world.tenant.skus.find(({ skuPartNumber }) => productName(skuPartNumber) === billed.product)
  world.tenant.skus.splice(0, world.tenant.skus.length, ...world.tenant.skus.filter((sku) => sku !== gone))
  const after = await compareLicenses(givenMicrosoft(world))
  assert.deepEqual(
    after.rows.find(({ product }) => product === billed.product),
    { product: billed.product, bought: 0, used: 0, billed: billed.billed, difference: -billed.billed },
  )
  const config = { license_items: { 'Managed support, per person': 'ENTERPRISEPACK' } }
  const named = await compareLicenses(givenMicrosoft(world, { config }))
  assert.equal(named.rows.find(({ product }) => product === 'Office 365 E3')?.difference, -10)
  assert.ok(!named.rows.some(({ product }) => product === 'Microsoft 365 E3'))
})
