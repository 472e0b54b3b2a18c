import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Submission } from '@crosswalk/client'
import { decisionOf } from './submission-decision.ts'

type Approval = NonNullable<Submission['approval']>
const decided = (status: Submission['status'], approval: Approval['status']) =>
  decisionOf({ status, approval: { status: approval, expires_at: '2026-01-01T00:00:00Z', decided_at: null, comment: null } })

test('a request that was refused is not done, however its workflow ended', () => {
  assert.equal(decided('success', 'rejected'), 'rejected')
  assert.equal(decided('failed', 'rejected'), 'rejected')
  assert.equal(decided('success', 'expired'), 'expired')
})

test('a request that waits for a person says so while it waits', () => {
  assert.equal(decided('waiting', 'open'), 'open')
  assert.equal(decided('running', 'open'), undefined)
  assert.equal(decided('running', 'rejected'), undefined)
})

test('the status of a request says all where nobody refused it', () => {
  assert.equal(decisionOf({ status: 'success', approval: null }), undefined)
  assert.equal(decided('success', 'approved'), undefined)
  assert.equal(decided('cancelled', 'closed'), undefined)
  assert.equal(decided('cancelled', 'rejected'), undefined)
  assert.equal(decided('timeout', 'expired'), undefined)
})
