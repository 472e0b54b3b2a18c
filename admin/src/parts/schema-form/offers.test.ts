import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupsOf, offersOf } from './offers.ts'

const towns = (...names: string[]) => names.map((name) => ({ value: name.toLowerCase(), label: name }))

test('an option that only some organizations have says whose it is, and cannot be chosen', () => {
  const offers = offersOf([
    { organizationId: 'a', options: towns('Graz', 'Linz', 'Graz') },
    { organizationId: 'b', options: towns('Wels', 'Graz') },
    { organizationId: 'c', options: towns('Graz', 'Linz') },
  ])
  assert.deepEqual(
    groupsOf(offers, 3, (id) => id.toUpperCase()),
    [
      { group: 'For each of them', items: [{ value: '"graz"', label: 'Graz' }] },
      {
        group: 'Not for each of them',
        items: [
          { value: '"linz"', label: 'Linz (only A, C)', disabled: true },
          { value: '"wels"', label: 'Wels (only B)', disabled: true },
        ],
      },
    ],
  )
})

test('where all have the same options there is one list, and 1 and "1" are two', () => {
  const options = [
    { value: 1, label: 'One' },
    { value: '1', label: 'One in words' },
  ]
  const offers = offersOf(['a', 'b'].map((organizationId) => ({ organizationId, options })))
  assert.deepEqual(
    groupsOf(offers, 2, String),
    options.map(({ value, label }) => ({ value: JSON.stringify(value), label })),
  )
})
