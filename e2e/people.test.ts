import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { inScope, openDatabase, sql } from '../server/src/platform/database/database.ts'
import { givenOidcProvider, oidcClient } from '../server/testing/given-oidc-provider.ts'
import { appCodeOf } from '../server/testing/given-people.ts'
import { violationsOf } from './axe.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

let installation: Installation
let browser: Browser
const contexts: BrowserContext[] = []
const failures: string[] = []
const password = 'seven brown llamas sing'

before(async () => {
  installation = await startInstallation()
  browser = await launchBrowser()
})
after(async () => {
  for (const context of contexts) await context.close()
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

/** A browser that nobody has signed in with. */
async function openFresh(path: string, width = 1280): Promise<Page> {
  const context = await browser.newContext({ baseURL: installation.url, viewport: { width, height: 900 }, reducedMotion: 'reduce' })
  context.setDefaultTimeout(15_000)
  contexts.push(context)
  const page = await context.newPage()
  page.on('pageerror', (error) => failures.push(error.message))
  await page.goto(path)
  return page
}

/** Nobody is kept out by colours or names, in light and dark. */
async function assertUsable(page: Page): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    assert.deepEqual(await violationsOf(page), [], `${page.url()} ${scheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

const shell = (page: Page) =>
  page
    .getByRole('navigation', { name: 'Pages' })
    .or(page.getByRole('button', { name: 'Open the navigation' }))
    .first()
    .waitFor()

async function setUpSecondFactor(page: Page): Promise<{ uri: string; recoveryCode: string }> {
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByLabel('Your password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Continue' }).click()
  const uri = (await page.getByRole('link', { name: /open it in an app/ }).getAttribute('href')) ?? ''
  await page.getByRole('textbox', { name: 'Code' }).fill(await appCodeOf(uri))
  await page.getByRole('button', { name: 'Set up' }).click()
  const codes = page.getByRole('status').filter({ hasText: 'recovery codes' }).locator('code')
  return { uri, recoveryCode: (await codes.first().textContent()) ?? '' }
}

/** Half an hour passes, as far as proofs go. Codes that were used can be used again. */
async function forgetProofs(): Promise<void> {
  const db = openDatabase(installation.databaseUrl, { maxConnections: 1, name: 'crosswalk test' })
  await inScope(db, 'allOrganizations', async (transaction) => {
    await transaction.query(sql`update person_sessions set proved_at = now() - interval '31 minutes'`)
    await transaction.query(sql`delete from person_used_codes`)
  })
  await db.close()
}

test('from the link of the first start to an account, an invitation, a second factor and its end', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/' })
  contexts.push(context)
  await page.getByRole('button', { name: 'Make the first account' }).click()
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ada Admin')
  await page.getByRole('textbox', { name: 'E-mail address' }).fill('ada@msp.example')
  await page.getByLabel('Password', { exact: true }).fill('crosswalk ada')
  await page.getByRole('button', { name: 'Make the account' }).click()
  await page.getByText(/made of your name or address/).waitFor()
  await assertUsable(page)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Make the account' }).click()
  await shell(page)
  await page.getByText('Until you have one, you can do nothing else.').waitFor()
  await assertUsable(page)
  const adminUri = (await setUpSecondFactor(page)).uri
  await page.goto('/')

  await page.getByRole('link', { name: 'People' }).click()
  await forgetProofs()
  await page.getByRole('button', { name: 'Invite a person' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Bo Technician')
  await page.getByRole('textbox', { name: 'E-mail address' }).fill('bo@msp.example')
  await page.getByRole('button', { name: 'Add a role' }).click()
  await page.getByText('Role', { exact: true }).waitFor()
  await assertUsable(page)
  await page.getByRole('button', { name: 'Save' }).click()
  const proof = page.getByRole('dialog', { name: 'Prove that it is you' })
  await proof.getByLabel('Your password').fill(password)
  await proof.getByRole('textbox', { name: 'Code' }).fill('000000')
  await proof.getByRole('button', { name: 'Continue' }).click()
  await proof.getByText('This code is not right').waitFor()
  await assertUsable(page)
  await proof.getByRole('textbox', { name: 'Code' }).fill(await appCodeOf(adminUri))
  await proof.getByRole('button', { name: 'Continue' }).click()
  const link = await page.getByRole('textbox', { name: 'The link' }).inputValue()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByText('Invited').waitFor()
  await assertUsable(page)

  const theirs = await openFresh(link.replace(/^https?:\/\/[^/]+/, ''), 390)
  await theirs.getByText('bo@msp.example').waitFor()
  assert.ok(!theirs.url().includes('token'), 'the token is out of the address')
  await assertUsable(theirs)
  await theirs.getByLabel('Password', { exact: true }).fill(password)
  await theirs.getByRole('button', { name: 'Join' }).click()
  await shell(theirs)
  await theirs.goto('/profile')
  const { recoveryCode } = await setUpSecondFactor(theirs)
  await assertUsable(theirs)

  const again = await openFresh('/sign-in')
  await again.getByRole('textbox', { name: 'E-mail address' }).fill('bo@msp.example')
  await again.getByLabel('Password', { exact: true }).fill(`${password}!`)
  await again.getByRole('button', { name: 'Sign in', exact: true }).click()
  await again.getByText(/is not right/).waitFor()
  await assertUsable(again)
  await again.getByLabel('Password', { exact: true }).fill(password)
  await again.getByRole('button', { name: 'Sign in', exact: true }).click()
  await again.getByRole('button', { name: 'Use a recovery code' }).click()
  await again.getByRole('textbox', { name: 'Recovery code' }).fill(recoveryCode)
  await again.getByRole('button', { name: 'Sign in', exact: true }).click()
  await shell(again)
  await again.getByRole('button', { name: 'Account' }).click()
  await again.getByText('Signed in as Bo Technician').waitFor()

  await page.reload()
  await page.getByRole('button', { name: 'Bo Technician' }).click()
  await page.getByRole('button', { name: 'View as' }).click()
  await page.getByRole('dialog', { name: 'View Crosswalk as Bo Technician?' }).getByRole('button', { name: 'View' }).click()
  const banner = page.getByRole('status').filter({ hasText: 'You view Crosswalk as Bo Technician' })
  await banner.waitFor()
  await page.getByRole('link', { name: 'Integrations' }).click()
  await page.getByRole('heading', { name: 'Integrations' }).waitFor()
  assert.equal(await page.getByRole('link', { name: 'People' }).count(), 0, 'the pages are those of the other')
  await page.setViewportSize({ width: 390, height: 900 })
  await assertUsable(page)
  await page.setViewportSize({ width: 1280, height: 900 })
  await assertUsable(page)
  await banner.getByRole('button', { name: 'End' }).click()
  await banner.waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Bo Technician' }).click()
  await page.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByRole('dialog', { name: 'Deactivate Bo Technician?' }).getByRole('button', { name: 'Deactivate' }).click()
  await page.getByText(/is deactivated, and signed out/).waitFor()
  await again.reload()
  await again.waitForURL(/\/sign-in/)
  await theirs.reload()
  await theirs.waitForURL(/\/sign-in/)
  assert.deepEqual(failures, [])
})

test('a passkey signs in by itself, and no more once it is removed', async () => {
  const invited = { name: 'Dee', email: 'dee@msp.example', grants: [{ role: 'viewer', reach: { all: true } }] }
  const { link } = (await installation.call('POST', '/people', invited)) as { link: { url: string } }
  // Browsers make passkeys for names alone.
  const page = await openFresh('about:blank')
  const url = installation.url.replace('127.0.0.1', 'localhost')
  const device = await page.context().newCDPSession(page)
  await device.send('WebAuthn.enable')
  await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.goto(url + link.url.replace(/^https?:\/\/[^/]+/, ''))
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Join' }).click()
  await shell(page)
  await page.goto(`${url}/profile`)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const panel = page.getByRole('region', { name: 'Passkeys' })
  await panel.getByRole('textbox', { name: 'Name' }).fill('Laptop')
  await panel.getByLabel('Your password').fill(password)
  await assertUsable(page)
  await panel.getByRole('button', { name: 'Add', exact: true }).click()
  const passkey = panel.getByRole('listitem').filter({ hasText: 'Laptop' })
  await passkey.waitFor()

  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await shell(page)
  await page.goto(`${url}/profile`)
  await panel.getByRole('button', { name: 'Remove the passkey Laptop' }).click()
  await passkey.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('This passkey was not accepted').waitFor()
  assert.deepEqual(failures, [])
})

test('by single sign-on a person gets an account with the role of their group', async () => {
  const redirectUri = `${installation.url}/api/session/single-sign-on/callback`
  await using provider = await givenOidcProvider({ cy: { email: 'cy@msp.example', name: 'Cy', groups: ['techs'] } }, [redirectUri])
  const { page, context } = await openSignedIn(browser, installation, { path: '/people/sign-in' })
  contexts.push(context)
  await page.getByRole('switch', { name: 'People sign in by single sign-on' }).check()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Example ID')
  await page.getByRole('textbox', { name: 'Issuer' }).fill(provider.issuer)
  await page.getByRole('textbox', { name: 'Client id' }).fill(oidcClient.id)
  await page.getByLabel('Client secret').fill('wrong')
  await page.getByRole('button', { name: 'Test this connection' }).click()
  await page.getByText('It does not work yet').waitFor()
  await page.getByLabel('Client secret').fill(oidcClient.secret)
  await page.getByRole('button', { name: 'Test this connection' }).click()
  await page.getByText('It works', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Add a group' }).click()
  await page.getByRole('textbox', { name: 'Group', exact: true }).fill('techs')
  await page.getByLabel('Make an account for who has none').check()
  await assertUsable(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The settings were saved').waitFor()

  const theirs = await openFresh('/sign-in?next=%2Fprofile')
  await theirs.getByRole('button', { name: 'Sign in with Example ID' }).click()
  await theirs.getByPlaceholder('Enter any login').fill('cy')
  await theirs.getByPlaceholder('and password').fill('any')
  await theirs.getByRole('button', { name: 'Sign-in' }).click()
  await theirs.getByRole('button', { name: 'Continue' }).click()
  await theirs.waitForURL(/\/profile$/)
  await theirs.getByText('for all organizations').waitFor()
  assert.deepEqual(failures, [])
})
