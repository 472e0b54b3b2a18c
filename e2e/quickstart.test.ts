import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

async function openIntegrationsOf(page: Page, organization: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Organizations' }).click()
  await page.getByRole('link', { name: organization, exact: true }).click()
  await page.getByRole('tab', { name: 'Integrations' }).click()
}

async function addByHand(page: Page, name: string, id: string): Promise<void> {
  await page.getByRole('button', { name: 'Add Integration Mapping' }).click()
  await page.getByText('Enter the id by hand').click()
  await page.getByRole('textbox', { name: 'External organization id' }).fill(id)
  await page.getByRole('textbox', { name: 'External organization name' }).fill(name)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: `Edit ${name}` }).waitFor()
}

async function givenOrganization(installation: Installation, name: string): Promise<string> {
  const { id } = (await installation.call('POST', '/organizations', { name })) as { id: string }
  return id
}

test('the quickstart: an administrator maps an organization, and workflows use it', async (t) => {
  await using installation = await startInstallation({ database: 'own' })
  const browser = await launchBrowser()
  t.after(() => browser.close())

  await t.test('an installation that has nothing yet says on each page what to do', async () => {
    const { page, failures, context } = await openSignedIn(browser, installation, { path: '/' })
    for (const [path, says] of [
      ['/', 'Add an organization'],
      ['/organizations', 'No organizations yet'],
      ['/executions', /Nothing ran yet/],
      ['/values', 'No global secrets yet.'],
      ['/data-providers', 'Choose the organization first.'],
      ['/workflows/sync_users', /organization/i],
    ] as const) {
      await page.goto(path)
      await page.getByRole('main').getByText(says).first().waitFor()
    }
    assert.deepEqual(failures, [])
    await context.close()
  })

  await installation.giveCredentials()
  const acme = await givenOrganization(installation, 'Acme')
  await givenOrganization(installation, 'Contoso')
  const { page, failures } = await openSignedIn(browser, installation)

  await t.test('steps 3.1 and 3.2: discover, choose, test, save', async () => {
    await openIntegrationsOf(page, 'Acme')
    await page.getByRole('button', { name: 'Add Integration Mapping' }).click()
    await page.getByRole('button', { name: 'Discover Organizations' }).click()
    await page.getByRole('option', { name: /Acme Corp/ }).click()
    await page.getByRole('textbox', { name: 'API base URL' }).fill(installation.vendor.url)
    await page.getByRole('button', { name: 'Test Connection' }).click()
    await page.getByText('Successfully connected to Acme Corp').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('button', { name: 'Edit Acme Corp' }).waitFor()
    const { mappings } = (await installation.call('GET', `/organizations/${acme}/integrations`)) as { mappings: Record<string, unknown>[] }
    assert.equal(mappings.length, 1)
    const [mapping] = mappings
    assert.deepEqual(
      [mapping?.external_org_id, mapping?.external_org_name, mapping?.mapping_data, mapping?.last_test_success],
      ['12345', 'Acme Corp', { api_base_url: installation.vendor.url }, true],
    )
  })

  await t.test('step 4: the workflow uses the mapping, and its log can be read', async () => {
    await page.getByRole('link', { name: 'Workflows' }).click()
    await page.getByRole('link', { name: 'sync_users', exact: true }).click()
    await page.getByRole('combobox', { name: 'Organization' }).click()
    await page.getByRole('option', { name: 'Acme', exact: true }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText('Succeeded').waitFor()
    await page.getByText(/Synced \d+ users successfully/).waitFor()
    await page.getByText('"external_org": "Acme Corp"').waitFor()
    await page.getByRole('button', { name: 'myintegration.listUsers' }).waitFor()
  })

  await t.test('step 5.1: two mappings, of which the person who runs a workflow chooses one', async () => {
    await openIntegrationsOf(page, 'Contoso')
    await page.getByText('No active mappings').waitFor()
    await addByHand(page, 'Tenant A', 'tenant-a-id')
    await addByHand(page, 'Tenant B', 'tenant-b-id')
    await page.getByRole('link', { name: 'Workflows' }).click()
    await page.getByRole('link', { name: 'sync_users_from_tenant' }).click()
    await page.getByRole('combobox', { name: 'Organization' }).click()
    await page.getByRole('option', { name: 'Contoso' }).click()
    await page.getByRole('combobox', { name: 'Tenant' }).click()
    await page.getByRole('option', { name: 'Tenant B (tenant-b-id)' }).click()
    // Where the data provider fails, the form says why, and asks again.
    const options = '**/api/data-providers/list_tenant_mappings/options'
    const asked = Promise.withResolvers<void>()
    await page.route(options, async (route) => {
      await asked.promise
      await route.fulfill({
        status: 502,
        json: { error: 'data_provider_failed', message: 'The vendor is down.', details: {}, request_id: 'r' },
      })
    })
    await page.reload()
    await page.getByPlaceholder('Loading the options…').waitFor()
    asked.resolve()
    await page.getByText('The options could not be loaded: The vendor is down.').waitFor()
    await page.unroute(options)
    await page.getByRole('button', { name: 'Load again' }).click()
    await page.getByText('The options could not be loaded').waitFor({ state: 'hidden' })
    await page.getByRole('combobox', { name: 'Tenant' }).click()
    await page.getByRole('option', { name: 'Tenant B (tenant-b-id)' }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    // The simulated vendor has no such tenant: the failure is told, with its code.
    await page.getByText('Failed', { exact: true }).first().waitFor()
    await page.getByText('vendor_error').first().waitFor()
  })

  assert.deepEqual(failures, [])
})
