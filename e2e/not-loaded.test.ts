import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { violationsInBothSchemes } from './axe.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser

/** Loads once, and not any more after the next release. */
const nightly =
  "import { workflow } from '@crosswalk/sdk'\nexport const nightly = workflow({ name: 'nightly', description: 'Runs at night.', schedule: { cron: '0 3 * * *' } }, async () => 1)\n"

before(async () => {
  installation = await startInstallation({ files: { 'workflows/nightly.ts': nightly } })
  await installation.stop()
  await writeFile(join(installation.workspace, 'workflows/nightly.ts'), 'export const = 1')
  await installation.start()
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

test('the dashboard says which file has a problem and since when, and is accessible on a screen and a phone', async () => {
  for (const width of [1280, 390]) {
    const { page, context, failures } = await openSignedIn(browser, installation, { path: '/', width })
    const notice = page.getByRole('alert').filter({ hasText: 'A file of the workspace has a problem' })
    await notice.waitFor()
    assert.match((await notice.textContent()) ?? '', /workflows\/nightly\.ts\s*since [\s\S]*SyntaxError/)
    await notice.getByRole('listitem').filter({ hasText: 'workflow nightly' }).waitFor()
    assert.deepEqual(await violationsInBothSchemes(page), [])
    assert.deepEqual(failures, [])
    await context.close()
  }
})

test('what is gone for good is removed from the dashboard, after a question', async () => {
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/' })
  await page.getByRole('button', { name: 'Remove nightly' }).click()
  const question = page.getByRole('dialog', { name: 'Remove the workflow nightly?' })
  await question.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('The workflow nightly is removed.').waitFor()
  await page.getByRole('button', { name: 'Remove nightly' }).waitFor({ state: 'detached' })
  const { events } = (await installation.call('GET', '/audit?action=definition.removed')) as { events: { target: { id: string } }[] }
  assert.deepEqual(
    events.map(({ target }) => target.id),
    ['nightly'],
  )
  assert.deepEqual(failures, [])
  await context.close()
})
