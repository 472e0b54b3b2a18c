import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { violationsInBothSchemes, violationsOf } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'
import { executionWorkflows } from './testing/execution-workflows.ts'

let installation: Installation
let browser: Browser
let orgId: string

before(async () => {
  installation = await startInstallation({ files: executionWorkflows })
  orgId = ((await installation.call('POST', '/organizations', { name: 'Acme' })) as { id: string }).id
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

/** Starts a workflow; resolves when it has ended, or at once where nobody waits. */
async function execute(name: string, wait = 60): Promise<string> {
  const answer = await installation.call('POST', `/workflows/execute?wait=${wait}`, { workflow_name: name }, { 'X-Organization-Id': orgId })
  return (answer as { execution_id: string }).execution_id
}

/** The first line of the log that is in sight. */
async function firstLine(page: Page): Promise<string> {
  return page.getByRole('log').evaluate((frame) => {
    const top = frame.getBoundingClientRect().top
    const lines = [...frame.querySelectorAll('.log-line[data-index]')].filter((line) => line.getBoundingClientRect().bottom > top + 2)
    lines.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
    return lines[0]?.querySelector('span')?.textContent?.slice(0, 12) ?? ''
  })
}

test('a finished log opens at its first line each time, and at the line that its address names', async () => {
  const id = await execute('told_at_length')
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/executions/${id}` })
  for (let time = 0; time < 3; time++) {
    await page.getByText(/6,000 lines, complete\. Times are in your time zone, /).waitFor()
    await becomes(async () => /^line 0/.test(await firstLine(page)), true)
    await page.reload()
  }
  await page.goto(`/executions/${id}?line=4321`)
  await page.getByText('6,000 lines, complete.').waitFor()
  const linked = page.locator('.log-line[data-linked]')
  await linked.waitFor()
  assert.match((await linked.textContent()) ?? '', /line 4321|line 4320/)
  const isInSight = page.waitForFunction(() => {
    const [line, frame] = [document.querySelector('.log-line[data-linked]'), document.querySelector('[role=log]')]
    if (!line || !frame) return false
    const [own, outer] = [line.getBoundingClientRect(), frame.getBoundingClientRect()]
    return own.top >= outer.top && own.bottom <= outer.bottom
  })
  await assert.doesNotReject(isInSight)
  await page.getByRole('log').getByRole('link', { includeHidden: true }).first().click()
  await page.waitForURL((url) => url.searchParams.get('line') !== '4321')
  assert.deepEqual(failures, [])
  await context.close()
})

test('the log of what runs is followed from before its first line, and what waits says why and behind what', async () => {
  const first = await execute('one_at_a_time', 0)
  const second = await execute('one_at_a_time', 0)
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/executions/${first}` })
  await page.getByText('No lines yet. They appear here as they are written.').waitFor()
  await page.goto(`/executions/${second}`)
  await page.getByText('Only one execution of the workflow runs at a time for an organization, and one is running.').waitFor()
  await page.getByText('No lines yet: it has not started.').waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await page.getByRole('link', { name: /the one that started/ }).click()
  await page.waitForURL(new RegExp(first))
  for (const id of [second, first]) await installation.call('POST', `/executions/${id}/cancel`)
  await page.getByText('Cancelled', { exact: true }).first().waitFor()
  await page.getByText('No lines.').waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('each step opens its attempts, its result and the log of its time', async () => {
  const id = await execute('speaks_in_a_step')
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/executions/${id}` })
  const step = page.getByRole('button', { name: /say goodbye/ })
  await step.click()
  await becomes(() => step.getAttribute('aria-expanded'), 'true')
  await page.getByRole('group', { name: 'Result of the step' }).getByText('"goodbye": true').waitFor()
  const log = page.getByRole('group', { name: 'Log while it ran' })
  await log.getByText('inside the last step').waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await log.getByRole('link').last().click()
  await page.locator('.log-line[data-linked]').getByText('inside the last step').waitFor()
  await page.setViewportSize({ width: 390, height: 800 })
  await becomes(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true)

  const failed = await execute('tried_thrice')
  await page.goto(`/executions/${failed}`)
  await page.getByRole('button', { name: /ask the vendor/ }).click()
  await page.getByRole('group', { name: 'Attempts' }).getByText('Failed: The vendor is closed.').first().waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('a step shows each attempt with how it ended, and what the client was called for in it', async () => {
  await installation.giveCredentials()
  await installation.call('POST', `/organizations/${orgId}/integrations`, { integration_name: 'myintegration', external_org_id: '12345' })
  const id = await execute('calls_twice')
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/executions/${id}` })
  await page.getByRole('button', { name: /report the users/ }).click()
  const attempts = page.getByRole('list', { name: 'Attempts' }).getByRole('listitem')
  await attempts.filter({ hasText: /^Attempt 1 Failed: The desk is closed\./ }).waitFor()
  await attempts.filter({ hasText: /^Attempt 2 Done/ }).waitFor()
  const calls = page.getByRole('list', { name: 'Calls' }).getByRole('listitem')
  await calls.nth(1).waitFor()
  assert.deepEqual(
    (await calls.allTextContents()).map((text) => /^\S+ Done/.exec(text)?.[0]),
    Array(2).fill('myintegration.listUsers Done'),
  )
  assert.deepEqual(await violationsOf(page), [])
  assert.deepEqual(failures, [])
  await context.close()
})

test('on a wide screen twenty executions are seen at once', async () => {
  for (let count = 0; count < 24; count++) await execute('tried_thrice', 0)
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/executions', width: 1920, height: 900 })
  const rows = page.locator('tbody tr')
  await rows.nth(23).waitFor()
  const seen = await rows.evaluateAll((all) => all.filter((row) => row.getBoundingClientRect().bottom <= window.innerHeight).length)
  assert.ok(seen >= 20, `${seen} rows`)
  assert.deepEqual(failures, [])
  await context.close()
})
