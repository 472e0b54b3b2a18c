import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askedWords, deciderWords } from './decider-words.ts'

test('it says whom a workflow asks', () => {
  const asked = (approvers: { people: string[]; roles: string[]; customer: boolean } | null, org_name: string | null = 'Acme') =>
    askedWords({ approvers, org_name })
  assert.equal(asked(null), 'Everybody who may approve for this organization')
  assert.equal(asked({ people: ['ann@msp.example'], roles: [], customer: false }), 'ann@msp.example')
  assert.equal(
    asked({ people: ['ann@msp.example'], roles: ['engineer'], customer: true }),
    'ann@msp.example, those with the role engineer or users of Acme',
  )
  assert.equal(asked({ people: [], roles: [], customer: true }, null), 'users of the organization')
})

test('it says who may decide now', () => {
  const may = (names: string[], count: number, you_may: 'decide' | 'not_asked' = 'not_asked') =>
    deciderWords({ deciders: { names, count }, you_may })
  assert.equal(deciderWords({ deciders: null, you_may: 'decide' }), undefined)
  assert.equal(may(['Ann'], 1), 'Ann')
  assert.equal(may(['Ann', 'Ben'], 2), 'Ann and Ben')
  assert.equal(may(['Ann', 'Ben'], 3), 'Ann, Ben and one other')
  assert.equal(may(['Ann'], 1_201), 'Ann and 1,200 others')
  assert.match(may([], 0) ?? '', /^No person at the moment\. /)
  assert.equal(may([], 0, 'decide'), 'You')
})
