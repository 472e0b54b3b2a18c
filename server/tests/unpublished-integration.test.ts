import assert from 'node:assert/strict'
import { test } from 'node:test'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { startTestWorker } from '../testing/test-worker.ts'

const integration = `
import { BaseIntegration } from '@crosswalk/sdk'
export class Halo extends BaseIntegration {
  static integrationName = 'halo'
  static displayName = 'Halo'
  static hosts = ['https://api.halo.example/v1']
  supportsOrgMapping() { return true }
  async *listOrganizations() {}
  async getClient() { return { answer: () => 42 } }
  async testConnection() { return { success: true, message: 'It works.' } }
}
`
const workflow = `
import { workflow } from '@crosswalk/sdk'
import { Halo } from '../integrations/halo.ts'
export const uses = workflow({ name: 'uses', description: 'Takes the class itself.' }, async (ctx) => (await ctx.getIntegration(Halo)).answer())
`

test('an integration that does not load gives no client to code that imports its class: its hosts would not hold', async () => {
  await using workspace = await temporaryWorkspace({ 'integrations/halo.ts': integration, 'workflows/uses.ts': workflow })
  await using worker = await startTestWorker({ workspace: workspace.path })
  assert.match(worker.pool.loaded?.problems[0]?.reason ?? '', /^definition_invalid: /)
  const execution = await worker.ended(await worker.submit('uses'))
  assert.deepEqual([execution.status, execution.error?.details?.code], ['failed', 'integration_not_found'], JSON.stringify(execution.error))
})
