import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { violationsInBothSchemes } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser
/** By name. */
const organizations = new Map<string, string>()
const idOf = (name: string) => organizations.get(name) ?? assert.fail(`There is no ${name}.`)

const call = <Answer>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
  installation.call(method, path, body, headers)

async function map(name: string, externalId: string, externalName: string): Promise<string> {
  const draft = { integration_name: 'myintegration', external_org_id: externalId, external_org_name: externalName }
  return (await call<{ id: string }>('POST', `/organizations/${idOf(name)}/integrations`, draft)).id
}
const testMapping = (name: string, id: string) => call('POST', `/organizations/${idOf(name)}/integrations/${id}/test`)
const discover = () => call('GET', '/integrations/myintegration/discover?refresh=true')

/** What the vendor has, and what happens to it: 1 stays, 2 gets another name, 3 goes. */
before(async () => {
  installation = await startInstallation({
    organizations: [
      { id: 1, name: 'Alpha at the vendor', code: 'A', tier: 'standard' },
      { id: 2, name: 'Beta at the vendor', code: 'B', tier: 'standard' },
      { id: 3, name: 'Gamma at the vendor', code: 'C', tier: 'standard' },
    ],
  })
  await installation.giveCredentials()
  for (const name of ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon'])
    organizations.set(name, (await call<{ id: string }>('POST', '/organizations', { name, domains: [] })).id)
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

const needs = (page: Page) => page.getByRole('region', { name: 'Needs attention' })
const panel = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })

test('the dashboard is calm, then shows all that needs attention, leads to where it is mended, and is calm again', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/' })
  await page.getByText('Nothing needs attention').waitFor()
  await page.getByText('No workflow ran in the last 24 hours.').waitFor()

  const failing = await map('Alpha', 'no-such-id', 'Alpha at the vendor')
  await testMapping('Alpha', failing)
  const beta = await map('Beta', '2', 'Beta at the vendor')
  await testMapping('Beta', beta)
  const gamma = await map('Gamma', '3', 'Gamma at the vendor')
  await discover()
  installation.vendor.organizations.rename(2, 'Beta Holding')
  installation.vendor.organizations.remove(3)
  await discover()
  const run = { workflow_name: 'sync_users', parameters: {} }
  const failed = await call<{ execution_id: string }>('POST', '/workflows/execute', run, { 'X-Organization-Id': idOf('Alpha') })
  await call('POST', '/workflows/execute', run, { 'X-Organization-Id': idOf('Beta') })
  await call('DELETE', '/secrets/myintegration_api_key?scope=global')
  await assert.rejects(discover())

  await page.goto('/')
  await panel(page, 'Failing tests').getByRole('link', { name: 'Alpha', exact: true }).waitFor()
  await panel(page, 'Failing tests')
    .getByText(/404 Not Found/)
    .waitFor()
  await panel(page, 'Renamed by the vendor').getByText('Beta at the vendor is called Beta Holding now.').waitFor()
  await panel(page, 'Gone from the vendor').getByText('The vendor does not list Gamma at the vendor any more.').waitFor()
  await panel(page, 'Failed workflows').getByRole('link', { name: 'Alpha', exact: true }).waitFor()
  await panel(page, 'Missing credentials').getByText('It has no global API key.').waitFor()
  await panel(page, 'Failed discoveries')
    .getByText(/myintegration_api_key/)
    .waitFor()
  await page.getByText('1 mapping was never tested').waitFor()
  await becomes(() => page.getByText('Nothing needs attention').count(), 0)
  await page.getByRole('img', { name: '2 executions in the last 24 hours, 1 of them failed' }).waitFor()
  await page.getByRole('row', { name: /sync_users 2 .* 50 %/ }).waitFor()

  // Each leads to where it is mended.
  await panel(page, 'Missing credentials').getByRole('link', { name: 'MyIntegration', exact: true }).click()
  await page.getByRole('button', { name: 'Set credentials' }).waitFor()
  await page.goto('/')
  await panel(page, 'Failed discoveries').getByRole('link', { name: 'MyIntegration', exact: true }).click()
  await page.getByRole('row').filter({ hasText: 'Failed' }).waitFor()
  await page.waitForURL(/\/integrations\/myintegration\/history$/)
  await installation.giveCredentials()
  await discover()
  await page.goto('/')
  await panel(page, 'Failed workflows')
    .getByRole('link', { name: /^View all/ })
    .click()
  await page.getByRole('row').filter({ hasText: 'Alpha' }).waitFor()
  await page.waitForURL(/\/executions\?attention=failed&period=day$/)
  await becomes(() => page.getByRole('row').filter({ hasText: 'sync_users' }).count(), 1)
  await becomes(() => page.getByRole('combobox', { name: 'Attention' }).inputValue(), 'Needs attention')
  await page.goto('/')
  await panel(page, 'Renamed by the vendor')
    .getByRole('link', { name: /^View all/ })
    .click()
  await page.getByText('Renamed to Beta Holding').waitFor()
  await page.waitForURL(/\/mappings\?attention=renamed$/)
  await page.getByRole('button', { name: 'Use new name Beta Holding for Beta at the vendor' }).click()
  await page.getByText('Nothing here needs attention').waitFor()
  await page.goto('/')
  await panel(page, 'Failing tests').getByRole('button', { name: 'Test it again' }).click()
  await page.waitForURL(/\/batches\//)
  await page.getByText('1 of 1 done').waitFor()
  await page.goto('/')
  await panel(page, 'Failing tests').getByRole('link', { name: 'Alpha', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: 'Edit integration mapping' })
  await drawer.getByRole('textbox', { name: 'External organization id' }).fill('1')
  await drawer.getByRole('button', { name: 'Test Connection' }).click()
  await drawer.getByText('Successfully connected to Alpha at the vendor').waitFor()
  await drawer.getByRole('button', { name: 'Save' }).click()
  await drawer.waitFor({ state: 'hidden' })
  await page.goto('/')
  await panel(page, 'Gone from the vendor').getByRole('link', { name: 'Gamma in MyIntegration' }).click()
  await page.getByRole('dialog', { name: 'Edit integration mapping' }).waitFor()
  await call('DELETE', `/organizations/${idOf('Gamma')}/integrations/${gamma}`)
  await page.goto('/')
  await panel(page, 'Failed workflows').getByRole('link', { name: 'Alpha', exact: true }).click()
  await page.getByText('sync_users').first().waitFor()
  await page.waitForURL(`**/executions/${failed.execution_id}`)
  const retried = await call<{ execution_id: string }>('POST', `/executions/${failed.execution_id}/retry`)
  await page.goto(`/executions/${retried.execution_id}`)
  await page.getByText('Succeeded').first().waitFor()

  await page.goto('/')
  await page.getByText('Nothing needs attention').waitFor()
  await becomes(() => needs(page).getByRole('region').count(), 0)
  assert.deepEqual(failures, [])
  await context.close()
})

test('mappings across organizations are filtered in the address, searched, and tested again', async () => {
  const delta = await map('Delta', 'nowhere', 'Delta at the vendor')
  await testMapping('Delta', delta)
  const { page, context } = await openSignedIn(browser, installation, { path: '/mappings' })
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
  await row('Alpha').waitFor()
  await row('Delta').getByText('Test failed').waitFor()
  await page.getByRole('searchbox', { name: 'Search organizations and ids' }).fill('delt')
  await row('Alpha').waitFor({ state: 'hidden' })
  await row('Delta').waitFor()
  await page.waitForURL(/q=delt/)
  await page.goto('/mappings')
  await page
    .getByRole('combobox', { name: 'Attention' })
    .or(page.getByRole('textbox', { name: 'Attention' }))
    .click()
  await page.getByRole('option', { name: 'Failing tests' }).click()
  await row('Alpha').waitFor({ state: 'hidden' })
  await row('Delta').waitFor()
  await page.waitForURL(/attention=failing_test/)
  await page.getByRole('button', { name: 'Test this one' }).click()
  await page.getByRole('heading', { name: 'Test of mappings', level: 1 }).waitFor()
  await page.getByText('1 of 1 done').waitFor()
  await page.getByRole('row').filter({ hasText: 'Delta' }).getByText('Test failed').waitFor()
  await page.goBack()
  await row('Delta').waitFor()
  await page.getByRole('link', { name: 'Open Delta at the vendor' }).click()
  await page.getByRole('dialog', { name: 'Edit integration mapping' }).waitFor()
  await page.goto('/mappings?attention=failing_test')
  installation.vendor.organizations.add({ id: 4, name: 'Delta at the vendor' })
  await call('PATCH', `/organizations/${idOf('Delta')}/integrations/${delta}`, {
    external_org_id: '4',
    external_org_name: 'Delta at the vendor',
  })
  await page.goto('/mappings?attention=never_tested')
  await page.getByRole('button', { name: 'Test Delta at the vendor' }).click()
  await page.getByText('Nothing here needs attention').waitFor()
  await page.goto('/mappings?attention=nonsense')
  await page.getByText('The mappings could not be loaded').waitFor()
  await context.close()
})

test('the integrations page says how many organizations are mapped, and leads from an unmapped one to its drawer', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/integrations' })
  await page.getByText('Integration Mapping Enabled').waitFor()
  await page.getByText('Credentials set').waitFor()
  await page.getByRole('link', { name: '3 of 5 organizations mapped' }).click()
  await page.getByRole('link', { name: 'Alpha', exact: true }).waitFor()
  await page.getByRole('radiogroup', { name: 'Which organizations' }).getByText('Not mapped').click()
  await page.getByRole('link', { name: 'Alpha', exact: true }).waitFor({ state: 'hidden' })
  await page.waitForURL(/show=unmapped/)
  await page.getByRole('link', { name: 'Not mapped: add a mapping for Epsilon' }).click()
  const drawer = page.getByRole('dialog', { name: 'Add Integration Mapping' })
  await drawer.getByText('Which organization of MyIntegration is Epsilon?').waitFor()
  await context.close()
})

test('on a phone the mappings are cards that need no scrolling sideways, and the reason of a failed test opens on demand', async () => {
  const long = await map(
    'Epsilon',
    'no-such-id-with-a-long-name-that-goes-on-and-on-and-on',
    'Epsilon with a name that is much too long for a phone',
  )
  await testMapping('Epsilon', long)
  const { page, context } = await openSignedIn(browser, installation, { width: 390, height: 800 })
  for (const path of ['/mappings', `/organizations/${idOf('Epsilon')}/integrations`, '/integrations/myintegration/organizations', '/']) {
    await page.goto(path)
    await page
      .getByText(/Epsilon/)
      .first()
      .waitFor()
    const tooWide = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('main *')]
        .filter((element) => element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(element).overflowX))
        .filter((element) => element.getAttribute('role') !== 'tablist')
        .map((element) => element.outerHTML.slice(0, 100)),
    )
    assert.deepEqual(tooWide, [], path)
    await becomes(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true, path)
  }
  await page.goto(`/organizations/${idOf('Epsilon')}/integrations`)
  const card = page.getByRole('list', { name: 'Integration mappings' }).getByRole('listitem')
  await card.getByRole('button', { name: 'Show why' }).click()
  await card.getByText(/Check the external organization id/).waitFor()
  await card.getByRole('button', { name: 'Show less' }).waitFor()
  await context.close()
})

test('axe finds nothing wrong with these pages, on a screen or a phone, in light or dark colours', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation)
  const pages: [path: string, shows: RegExp][] = [
    ['/', /Failing tests/],
    ['/mappings', /Epsilon with a name/],
    ['/mappings?attention=gone', /Nothing here needs attention/],
    ['/integrations', /organizations mapped/],
    ['/integrations/myintegration/organizations', /Epsilon with a name/],
    [`/organizations/${idOf('Epsilon')}/integrations`, /Test failed/],
  ]
  for (const [path, shows] of pages) {
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      if (width === 1280) await page.goto(path)
      else await page.getByRole('button', { name: 'Open the navigation' }).waitFor()
      await page.getByText(shows).first().waitFor()
      assert.deepEqual(await violationsInBothSchemes(page), [], `${path} at ${width}`)
    }
  }
  assert.deepEqual(failures, [])
  await context.close()
})
