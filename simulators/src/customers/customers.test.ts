import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCustomers, vendorNames } from './customers.ts'
import { devicesOf, peopleOf, sitesOf, ticketsOf } from './possessions.ts'

test('the forty are in all four vendors, but for one missing in each of three, one with two tenants and one that is there twice', () => {
  const customers = createCustomers()
  const counts = vendorNames.map((vendor) => customers.flatMap(({ listings }) => listings[vendor]).length)
  assert.deepEqual(counts, [40, 40, 40, 39])
  const listed = (number: number) => customers[number - 1]?.listings
  assert.deepEqual([listed(10)?.huntress, listed(21)?.ninjaone, listed(28)?.microsoft_graph], [[], [], []])
  assert.equal(listed(7)?.microsoft_graph.length, 2)
  assert.equal(listed(12)?.ninjaone.length, 2)
})

test('a name is written in many ways', () => {
  const spellings = new Set(
    createCustomers().flatMap(({ listings }) =>
      Object.values(listings)
        .flat()
        .map(({ spelling }) => spelling),
    ),
  )
  assert.deepEqual([...spellings].sort(), [
    'abbreviation',
    'former_name',
    'legal_form',
    'plain',
    'second_entry',
    'transliteration',
    'typing_error',
  ])
})

test('the same seed gives the same customers and what they have, and another seed gives others', () => {
  assert.deepEqual(createCustomers({ seed: 7 }), createCustomers({ seed: 7 }))
  assert.notDeepEqual(createCustomers({ seed: 7 }), createCustomers({ seed: 8 }))
  const [first] = createCustomers()
  assert.ok(first)
  for (const make of [sitesOf, peopleOf, devicesOf, ticketsOf]) assert.deepEqual(make(first), make(first))
  assert.ok(devicesOf(first).every(({ personNumber }) => personNumber === null || personNumber <= peopleOf(first).length))
})

test('ten thousand have distinct names, domains and ids, and come in another order in each vendor', () => {
  const customers = createCustomers({ count: 10_000 })
  assert.equal(new Set(customers.map(({ name }) => name)).size, 10_000)
  assert.equal(new Set(customers.map(({ domains }) => domains[0])).size, 10_000)
  for (const vendor of vendorNames) {
    const ids = customers.flatMap(({ listings }) => listings[vendor].map(({ id }) => id))
    assert.equal(new Set(ids).size, ids.length, vendor)
  }
  const firstInNinja = customers.find(({ listings }) => listings.ninjaone[0]?.id === '2')
  assert.notEqual(firstInNinja?.number, 1)
})
