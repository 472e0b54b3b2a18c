import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitForExecution } from '../src/engine/state/executions.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { networkWorkspace } from '../testing/given-runner.ts'
import { createTestApp, testAdminKey } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

test('a refused connection fails its execution with the remedy, and stands in the audit of its organization', async () => {
  await using app = await createTestApp()
  const { id: organizationId } = await givenOrganization(app.db, 'Acme')
  const worker = await startWorkerProcess(app.databaseUrl, { workspace: networkWorkspace, env: { CROSSWALK_EGRESS_ALLOW: '10.9.9.9' } })
  try {
    const id = await givenSubmitted(app.db, organizationId, 'fetched', { url: 'http://10.1.2.3:8080/customers' }, { timeoutMs: 30_000 })
    const execution = await waitForExecution(app, { organizationId }, id, 60_000)
    assert.equal(execution.error?.details.code, 'egress_refused')
    assert.match(execution.error?.message ?? '', /10\.1\.2\.3:8080.*CROSSWALK_EGRESS_ALLOW/)
    const [event] = await until('it is in the audit', async () => {
      const answer = await app.app.inject({
        url: `/api/audit?action=egress.refused&org_id=${organizationId}`,
        headers: { authorization: `Bearer ${testAdminKey}` },
      })
      return answer.json().events.length > 0 && answer.json().events
    })
    assert.deepEqual([event.actor.type, event.actor.id, event.actor.name], ['execution', id, 'fetched'])
    assert.partialDeepStrictEqual(event.target, { type: 'host', id: '10.1.2.3:8080', reason: 'address_not_public', times: 1 })
  } finally {
    await endProcess(worker, 'SIGTERM')
  }
})
