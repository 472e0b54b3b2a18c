import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser
let orgId: string
let otherId: string

before(async () => {
  installation = await startInstallation()
  const { call } = installation
  await installation.giveCredentials()
  orgId = ((await call('POST', '/organizations', { name: 'Acme' })) as { id: string }).id
  otherId = ((await call('POST', '/organizations', { name: 'Globex' })) as { id: string }).id
  await call('GET', `/integrations/myintegration/discover?orgId=${orgId}`)
  await call('POST', '/workflows/execute', { workflow_name: 'sync_users' }, { 'X-Organization-Id': orgId })
  await call('POST', '/workflows/execute', { workflow_name: 'sync_if_mapped' }, { 'X-Organization-Id': otherId })
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

/** What has to be moved sideways to be seen whole; of tabs that is usual. */
const tooWideOn = (page: Page) =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main *')]
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(element).overflowX))
      .filter((element) => element.getAttribute('role') !== 'tablist')
      .map((element) => element.outerHTML.slice(0, 100)),
  )

test('on a phone no list is scrolled sideways: its rows are cards that say the same', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { width: 390, height: 800 })
  const lists: [path: string, list: string, texts: (string | RegExp)[]][] = [
    ['/executions', 'Executions', ['sync_users', 'Acme', /Workflow, .* by /]],
    [`/organizations/${orgId}/executions`, 'Executions', ['sync_users', /Workflow, .* by /]],
    [`/integrations/myintegration/discovered?org=${orgId}`, 'Discovered external organizations', ['Wayne Enterprises', 'Not mapped']],
    [`/integrations/myintegration/history?org=${orgId}`, 'Discovery runs', ['Succeeded', /2 external organizations in /]],
    ['/audit', 'Audit', ['Secret set', 'Secret myintegration_api_key', /^By /]],
    ['/values', 'Secrets', ['myintegration_api_key', 'Replace', 'Delete']],
    ['/values', 'Config', ['myintegration_api_url', installation.vendor.url, 'Edit']],
  ]
  for (const [path, list, texts] of lists) {
    await page.goto(path)
    const cards = page.getByRole('list', { name: list, exact: true }).getByRole('listitem')
    for (const text of texts) await cards.getByText(text).first().waitFor()
    await becomes(() => tooWideOn(page), [], path)
    await becomes(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true, path)
  }
  assert.deepEqual(failures, [])
  await context.close()
})

/** What is wider than the page, where that is cut off. */
const cutOffOn = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('main :is(button, a, p, pre, h1, h2)')]
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth)
      .map((element) => element.textContent),
  )

test('on a phone nothing of a failure is cut off, also where the organization has a long name', async () => {
  const name = 'Bluestone Accounting, Tax and Advisory Services of Northern Ireland Ltd'
  const { id } = (await installation.call('POST', '/organizations', { name })) as { id: string }
  const order = { workflow_name: 'sync_users' }
  const { execution_id } = (await installation.call('POST', '/workflows/execute', order, { 'X-Organization-Id': id })) as {
    execution_id: string
  }
  const { page, context } = await openSignedIn(browser, installation, { path: `/executions/${execution_id}`, width: 390, height: 800 })
  const button = page.getByRole('button', { name: `Map ${name} to MyIntegration` })
  await button.waitFor()
  assert.deepEqual(await cutOffOn(page), [])
  await button.click()
  await page.getByRole('dialog').waitFor()
  await context.close()
})

test('on a phone a change is shown before and after, on demand', async () => {
  await installation.call('PATCH', `/organizations/${otherId}`, { domains: ['globex.example'] })
  const { page, context } = await openSignedIn(browser, installation, { path: '/audit', width: 390, height: 800 })
  const card = page.getByRole('listitem').filter({ hasText: 'Organization changed' })
  await card.getByRole('button', { name: 'Show changes' }).click()
  await card.getByRole('cell', { name: /globex\.example/ }).waitFor()
  await card.getByRole('button', { name: 'Show less' }).click()
  await card.getByRole('cell', { name: /globex\.example/ }).waitFor({ state: 'hidden' })
  await context.close()
})

test('executions and the audit are narrowed to one organization in the address', async () => {
  const { page, context } = await openSignedIn(browser, installation)
  for (const [path, other] of [
    ['/executions', 'sync_users'],
    ['/audit', 'Workflow sync_users'],
  ] as const) {
    const rows = page.getByRole('row')
    await page.goto(path)
    await rows.filter({ hasText: other }).first().waitFor()
    const filter = page.getByRole('combobox', { name: 'Organization' })
    await filter.click()
    await page.getByRole('option', { name: 'Globex' }).click()
    await page.waitForURL((url) => url.searchParams.get('org') === otherId)
    await rows.filter({ hasText: other }).first().waitFor({ state: 'hidden' })
    await page.reload()
    await rows.filter({ hasText: 'sync_if_mapped' }).first().waitFor()
    await becomes(() => filter.inputValue(), 'Globex', path)
    await becomes(() => rows.filter({ hasText: other }).count(), 0, path)
  }
  await context.close()
})
