import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestApp, testAdminKey } from '../../testing/test-app.ts'
import { inScope } from '../platform/database/database.ts'
import { recordAudit, systemActing } from './audit.ts'

test('events are found by the whole action, or by what it was done to', async () => {
  await using api = await createTestApp()
  await inScope(api.db, 'allOrganizations', async (transaction) => {
    for (const action of ['config.set', 'config.deleted', 'configuration.set', 'secret.set'])
      await recordAudit(transaction, systemActing, { action, organizationId: null, target: { type: 'config', id: 'api_url' }, changes: {} })
  })
  const found = async (action: string) => {
    const headers = { authorization: `Bearer ${testAdminKey}` }
    const answer = await api.app.inject({ method: 'GET', url: `/api/audit?action=${encodeURIComponent(action)}`, headers })
    return (answer.json() as { events: { action: string }[] }).events.map((event) => event.action).toSorted()
  }
  assert.deepEqual(await found('config'), ['config.deleted', 'config.set'])
  assert.deepEqual(await found('config.set'), ['config.set'])
  assert.deepEqual(await found('config.'), [])
  assert.deepEqual(await found('conf'), [])
  assert.deepEqual(await found('%'), [])
})
