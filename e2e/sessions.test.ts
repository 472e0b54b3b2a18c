import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { violationsInBothSchemes } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser

before(async () => {
  installation = await startInstallation()
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

test('the sessions drawer marks its own session, and ends that of another browser', async () => {
  const other = await openSignedIn(browser, installation)
  const { page, context, failures } = await openSignedIn(browser, installation, { width: 390 })
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Sessions' }).click()
  const sessions = page.getByRole('dialog', { name: 'Sessions' }).getByRole('listitem')
  const own = sessions.filter({ hasText: 'This browser' })
  await own.waitFor()
  await becomes(() => sessions.count(), 2)
  await becomes(() => own.count(), 1)
  await becomes(() => own.getByRole('button').count(), 0, 'you end your own by signing out')
  const ending = sessions.getByRole('button', { name: /^End the session of / })
  assert.deepEqual(await violationsInBothSchemes(page), [])
  const isCut = await ending
    .locator('span')
    .last()
    .evaluate((label) => label.scrollWidth > label.clientWidth)
  assert.equal(isCut, false, 'what the button says is not cut at the width of a phone')
  await ending.click()
  await page.getByText(/^The session of .* has ended$/).waitFor()
  await sessions.nth(1).waitFor({ state: 'detached' })
  await own.waitFor()
  await other.page.reload()
  await other.page.waitForURL(/\/sign-in/)
  assert.deepEqual(failures, [])
  await Promise.all([context.close(), other.context.close()])
})
