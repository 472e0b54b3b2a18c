import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser
let orgId: string
/** Every page with an address of its own. */
let pages: string[]

before(async () => {
  installation = await startInstallation()
  await installation.giveCredentials()
  orgId = ((await installation.call('POST', '/organizations', { name: 'Acme' })) as { id: string }).id
  await installation.call('POST', '/organizations', { name: 'Globex' })
  await installation.call('GET', '/integrations/myintegration/discover')
  const mapping = { integration_name: 'myintegration', external_org_id: '12345', external_org_name: 'Acme Corp' }
  await installation.call('POST', `/organizations/${orgId}/integrations`, mapping)
  const order = { workflow_name: 'sync_users', parameters: {} }
  const { execution_id } = (await installation.call('POST', '/workflows/execute', order, { 'X-Organization-Id': orgId })) as {
    execution_id: string
  }
  const { batch_id } = (await installation.call('POST', '/workflows/execute', { ...order, organizations: [orgId] })) as { batch_id: string }
  pages = [
    '/',
    '/forms',
    '/requests',
    '/organizations',
    '/organizations/import',
    `/organizations/${orgId}`,
    `/organizations/${orgId}/integrations`,
    `/organizations/${orgId}/integrations?mapping=new&integration=myintegration`,
    `/organizations/${orgId}/values`,
    `/organizations/${orgId}/executions`,
    '/integrations',
    '/integrations/myintegration',
    '/integrations/myintegration/organizations',
    '/integrations/myintegration/match',
    '/integrations/myintegration/discovered',
    `/integrations/myintegration/discovered?org=${orgId}`,
    '/integrations/myintegration/history',
    `/integrations/myintegration/history?org=${orgId}`,
    '/mappings',
    '/workflows',
    `/workflows/sync_users?org=${orgId}`,
    '/schedules',
    '/batches',
    `/batches/${batch_id}`,
    '/executions',
    `/executions/${execution_id}`,
    '/data-providers',
    '/values',
    '/people',
    '/people/sign-in',
    '/device',
    '/profile',
    '/settings/keys',
    '/settings/roles',
    '/settings/fields',
    '/audit',
  ]
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

/** What the server refused while somebody with these grants opened every page. */
async function refusedOf(grants: (acme: string) => object[]): Promise<string[]> {
  const { key } = (await installation.call('POST', '/keys', { name: 'Opens all', grants: grants(orgId) })) as { key: string }
  const { page, context, failures } = await openSignedIn(browser, installation)
  // The administrator's page asks nothing any more once the key speaks.
  await page.goto('about:blank')
  await context.setExtraHTTPHeaders({ authorization: `Bearer ${key}` })
  const refused = new Set<string>()
  let path = ''
  page.on('response', (answer) => {
    if (answer.url().includes('/api/') && [401, 403].includes(answer.status()))
      refused.add(`${path}: ${answer.status()} ${answer.url().replace(installation.url, '')}`)
  })
  for (path of pages) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    // A page asks in turns: what one answer says decides what is asked next. It is done once nothing was asked for a while.
    await page.waitForLoadState('networkidle')
  }
  await context.close()
  assert.deepEqual(failures, [])
  return [...refused]
}

// Beside each other: most of the time they wait for a page to have asked everything.
describe('no page asks what its user may not have:', { concurrency: true }, () => {
  test('a technician', async () => {
    assert.deepEqual(await refusedOf(() => [{ role: 'technician', reach: { all: true } }]), [])
  })

  test('a technician of some organizations', async () => {
    assert.deepEqual(await refusedOf((acme) => [{ role: 'technician', reach: { organizations: [acme] } }]), [])
  })

  test('a viewer of some organizations', async () => {
    assert.deepEqual(await refusedOf((acme) => [{ role: 'viewer', reach: { organizations: [acme] } }]), [])
  })

  test('a customer’s user', async () => {
    const grants = (acme: string) => [{ role: 'customer_user', reach: { organizations: [acme] }, workflows: ['sync_users'] }]
    assert.deepEqual(await refusedOf(grants), [])
  })
})
