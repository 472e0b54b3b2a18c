import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser
let orgId: string

before(async () => {
  installation = await startInstallation()
  await installation.giveCredentials()
  orgId = ((await installation.call('POST', '/organizations', { name: 'Acme' })) as { id: string }).id
  const mapping = { integration_name: 'myintegration', external_org_id: '12345', external_org_name: 'Acme Corp' }
  await installation.call('POST', `/organizations/${orgId}/integrations`, mapping)
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

test('the log of an execution is read while it runs, and its end is seen without loading the page again', async () => {
  installation.vendor.faults.slow(60_000)
  const { page, context } = await openSignedIn(browser, installation, { path: `/workflows/sync_users?org=${orgId}` })
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByText('Using mapping: Acme Corp (ID: 12345)').waitFor()
  await page.getByText('Running', { exact: true }).first().waitFor()
  installation.vendor.faults.clear()
  await page.getByText(/Synced \d+ users successfully/).waitFor()
  await page.getByText('Succeeded').waitFor()
  await page.getByText('7 lines, complete').waitFor()
  await page
    .getByRole('textbox', { name: 'Search the log' })
    .or(page.getByRole('searchbox', { name: 'Search the log' }))
    .fill('synced')
  await page.getByText('1 of 7 lines, complete').waitFor()
  await context.close()
})

test('an execution that runs is cancelled, and one that has ended is run again with the same parameters', async () => {
  installation.vendor.faults.slow(60_000)
  const { page, context } = await openSignedIn(browser, installation, { path: `/workflows/sync_users?org=${orgId}` })
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByText('Using mapping: Acme Corp (ID: 12345)').waitFor()
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await page.getByRole('button', { name: 'Cancel it' }).click()
  await page.getByText('Cancelled', { exact: true }).first().waitFor()
  installation.vendor.faults.clear()
  await page.getByRole('button', { name: 'Run again' }).click()
  await page.getByText('Succeeded').waitFor()
  await context.close()
})

test('a page that is open while the server restarts says so, keeps what it shows, and continues by itself', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/executions' })
  const row = page.getByRole('link', { name: 'sync_users', exact: true }).first()
  await row.waitFor()
  await installation.stop()
  await page.getByText('Crosswalk does not answer').waitFor()
  await row.waitFor()
  await installation.start()
  await page.getByText('Crosswalk does not answer').waitFor({ state: 'hidden' })
  await row.waitFor()
  await page.getByRole('link', { name: 'Organizations' }).click()
  await page.getByRole('heading', { name: 'Organizations', level: 1 }).waitFor()
  await page.getByRole('link', { name: 'Acme' }).waitFor()
  await context.close()
})

test('an execution that failed is tried again from its failed step', async () => {
  installation.vendor.faults.rejectCredentials()
  const { page, context } = await openSignedIn(browser, installation, { path: `/workflows/sync_if_mapped?org=${orgId}` })
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByText('vendor_error').first().waitFor()
  installation.vendor.faults.clear()
  await page.getByRole('button', { name: 'Retry from the failed step' }).click()
  await page.getByText('Succeeded').waitFor()
  await page.getByRole('link', { name: 'an earlier execution' }).waitFor()
  await context.close()
})
