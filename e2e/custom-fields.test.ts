import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { violationsOf } from './axe.ts'
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

test('a custom field is defined, given, shown and found by', async () => {
  await installation.call('POST', '/organizations', { name: 'Acme Corp' })
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/settings/fields' })
  await page.getByRole('button', { name: 'Define field' }).click()
  await page.getByRole('textbox', { name: 'Label' }).fill('Service tier')
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'service_tier')
  await page.getByRole('combobox', { name: 'Type' }).click()
  await page.getByRole('option', { name: 'Choice' }).click()
  const choices = page.getByRole('combobox', { name: 'Choices' }).or(page.getByRole('textbox', { name: 'Choices' }))
  for (const choice of ['Gold', 'Silver']) {
    await choices.fill(choice)
    await choices.press('Enter')
  }
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Choice: Gold, Silver').waitFor()
  assert.deepEqual(await violationsOf(page), [])

  await page.goto('/organizations')
  await page.getByRole('link', { name: 'Acme Corp' }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('combobox', { name: 'Service tier' }).click()
  await page.getByRole('option', { name: 'Gold' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: 'Service tier Gold' }).waitFor()

  await page.goto('/organizations?field=service_tier&value=Silver')
  await page.getByText('0 organizations').waitFor()
  await page.goto('/organizations?field=service_tier&value=gold')
  await page.getByRole('link', { name: 'Acme Corp' }).waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('a file is imported after its rows were looked at', async (t) => {
  const file = join(tmpdir(), `crosswalk-import-${process.pid}.csv`)
  t.after(() => rm(file, { force: true }))
  await writeFile(file, '\ufeffCustomer;Tags;Level\r\nAcme Corp;vip;silver\r\n"Globex; Inc";;Bronze\r\n')
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/organizations' })
  await page.getByRole('button', { name: 'Import' }).click()
  await page.getByRole('menuitem', { name: 'From a CSV file' }).click()
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('combobox', { name: 'Level' }).click()
  await page.getByRole('option', { name: 'Service tier' }).click()
  await page.getByText('Level: must be one of: Gold, Silver.').waitFor()
  assert.equal(await page.getByRole('button', { name: /^Import 1/ }).isEnabled(), false)
  assert.deepEqual(await violationsOf(page), [])
  await writeFile(file, 'Customer;Tags;Level\r\nAcme Corp;vip;silver\r\n"Globex; Inc";;gold\r\n')
  await page.locator('input[type=file]').setInputFiles([])
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('combobox', { name: 'Level' }).click()
  await page.getByRole('option', { name: 'Service tier' }).click()
  await page.getByRole('button', { name: 'Import 2 organizations' }).click()
  await page.getByRole('link', { name: 'Globex; Inc' }).waitFor()
  await page.goto('/organizations?field=service_tier&value=silver')
  await page.getByRole('link', { name: 'Acme Corp' }).waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})
