import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { until } from '../server/testing/until.ts'
import { violationsInBothSchemes } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

/** A tool whose list has domains, and whose mappings may need data each. */
const toolOf = (className: string, name: string, mappingData: string | undefined, list: object[]) => `
import { BaseIntegration } from '@crosswalk/sdk'
import { z } from 'zod'

export class ${className} extends BaseIntegration<object> {
  static integrationName = '${name}'
  static displayName = '${className}'
  ${mappingData === undefined ? '' : `static mappingData = z.object({ ${mappingData} })`}

  override supportsOrgMapping() {
    return true
  }
  async listOrganizations() {
    return ${JSON.stringify(list)}
  }
  async getClient() {
    return {}
  }
  async testConnection() {
    return { success: true, message: 'It works.' }
  }
}
`
const needyTool = toolOf('NeedyTool', 'needy_tool', "region: z.string().meta({ label: 'Region' })", [
  { id: 'n1', name: 'Hooli Holding', metadata: { website: 'https://www.hooli.example' } },
])
const freeTool = toolOf('FreeTool', 'free_tool', "tags: z.record(z.string(), z.string()).meta({ label: 'Tags' }).optional()", [])
const domainTool = toolOf('DomainTool', 'domain_tool', undefined, [
  { id: 'd1', name: 'Stark Industries', metadata: { website: 'https://www.stark.example', manager: 'jo@our-msp.example' } },
  { id: 'd2', name: 'Vandelay', metadata: { manager: 'jo@our-msp.example' } },
])
const vendorNames = ['ACME, Inc.', 'Globex GmbH', 'Globex Ltd', 'Initech', 'Umbrella Health', 'Nobody Else', 'Yet Another']

let browser: Browser
let fresh: Installation
let installation: Installation

before(async () => {
  const organizations = vendorNames.map((name, index) => ({ id: 100 + index, name, code: `C${index}`, tier: 'standard' as const }))
  ;[fresh, installation, browser] = await Promise.all([
    startInstallation({ organizations }),
    startInstallation({
      organizations,
      files: { 'integrations/needy-tool.ts': needyTool, 'integrations/domain-tool.ts': domainTool, 'integrations/free-tool.ts': freeTool },
    }),
    launchBrowser(),
  ])
  await installation.giveCredentials()
})
after(async () => {
  await browser?.close()
  await Promise.all([fresh?.[Symbol.asyncDispose](), installation?.[Symbol.asyncDispose]()])
})

const add = async (name: string, domains: string[] = []) =>
  ((await installation.call('POST', '/organizations', { name, domains })) as { id: string }).id
const lineOf = (page: Page, name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
const mapBox = (page: Page, name: string) => page.getByRole('checkbox', { name: `Map ${name}`, exact: true })

/** Walks on with the Tab key until an element has the focus; fails where the keyboard does not reach it. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await element.evaluate((node) => node === document.activeElement).catch(() => false)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`The keyboard does not reach ${element}.`)
}

test('on an empty installation all customers are added and mapped from what an integration lists, with the keyboard alone', async () => {
  const { page, context, failures } = await openSignedIn(browser, fresh, { path: '/organizations' })
  const fromIntegration = page.getByRole('button', { name: 'Add them from an integration' })
  await fromIntegration.waitFor()
  await tabTo(page, fromIntegration)
  await page.keyboard.press('Enter')
  await page.getByText('Nothing was discovered yet').waitFor()
  await page.getByText('Set API key first.').waitFor()
  await page.getByRole('link', { name: 'Open its credentials' }).waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await tabTo(page, page.getByRole('button', { name: 'Discover now' }))
  await fresh.giveCredentials()
  // Someone else has set them meanwhile; the page asks again when it is looked at again, and the button keeps the focus.
  const obstacle = page.getByRole('status').getByText('Set API key first.')
  await until('the page has asked again', async () => {
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))
    return !(await obstacle.isVisible())
  })
  await page.keyboard.press('Enter')
  const all = page.getByRole('button', { name: `Select all ${vendorNames.length}` })
  await all.waitFor()
  const save = page.getByRole('button', { name: /^Add .* map them$/ })
  await becomes(() => save.getAttribute('aria-disabled'), 'true')
  await tabTo(page, all)
  await page.keyboard.press('Enter')
  await page.getByRole('checkbox', { name: 'Add Yet Another' }).focus()
  await page.keyboard.press('Space')
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await tabTo(page, save)
  await page.keyboard.press('Enter')
  await page.getByText('6 organizations are added and mapped.').waitFor()
  await page.getByRole('checkbox', { name: 'Add Yet Another' }).waitFor()
  await becomes(() => page.getByRole('checkbox').count(), 1)
  await page.getByRole('button', { name: 'Test all 6 connections' }).click()
  await page.getByText('6 of 6 tested').waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await page.getByRole('link', { name: 'See the tests' }).click()
  await page.getByRole('heading', { name: 'Test of mappings' }).waitFor()
  await page.goBack()
  await page.getByText('6 organizations are added and mapped.').waitFor()
  await page.getByText('6 of 6 tested').waitFor()
  const { organizations } = (await fresh.call('GET', '/organizations')) as { organizations: { name: string }[] }
  assert.deepEqual(organizations.map(({ name }) => name).sort(), vendorNames.slice(0, 6).sort())
  assert.deepEqual(failures, [])
  await context.close()
})

test('what is sure is chosen, a person chooses the rest, and all of it is mapped at once', async () => {
  for (const name of ['Acme', 'Globex', 'Umbrela Healthcare', 'Zorro']) await add(name)
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/integrations/myintegration/organizations' })
  await page.getByRole('link', { name: 'Match by name' }).click()
  await page.getByRole('button', { name: 'Discover now' }).click()
  await lineOf(page, 'Acme').getByText('Same name').waitFor()
  assert.deepEqual(
    await Promise.all(['Acme', 'Globex', 'Umbrela Healthcare'].map((name) => mapBox(page, name).isChecked())),
    [true, false, false],
    'two of the same name, and a similar one, are for a person to tell',
  )
  await lineOf(page, 'Umbrela Healthcare').getByText('Similar name').waitFor()
  await page.getByRole('combobox', { name: 'External organization of Globex' }).click()
  await page.getByRole('option', { name: 'Globex Ltd (102)' }).click()
  await becomes(() => mapBox(page, 'Globex').isChecked(), true, 'who chooses one means to map it')
  await mapBox(page, 'Umbrela Healthcare').check()
  await page.getByRole('button', { name: 'Map 3 organizations' }).waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByRole('button', { name: 'Select all 3' }).click()
  await page.getByRole('button', { name: 'Map 3 organizations' }).waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  const map = page.getByRole('button', { name: 'Map organizations' })
  await becomes(() => map.getAttribute('aria-disabled'), 'true')
  await map.hover()
  await page.getByText('Choose an organization first.').waitFor()
  await page.getByRole('button', { name: 'Exact matches only' }).click()
  await page.getByRole('combobox', { name: 'External organization of Globex' }).click()
  await page.getByRole('option', { name: 'Globex Ltd (102)' }).click()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await page.getByRole('button', { name: 'Map 2 organizations' }).click()
  await page.getByText('2 organizations are mapped.').waitFor()
  await lineOf(page, 'Acme').waitFor({ state: 'hidden' })
  await lineOf(page, 'Umbrela Healthcare').waitFor()
  await page.getByText('Without (1)').click()
  await lineOf(page, 'Zorro').waitFor()
  await becomes(() => page.getByRole('checkbox').count(), 0)
  await page.getByRole('link', { name: 'Map Zorro by hand' }).click()
  await page.getByRole('dialog', { name: 'Add Integration Mapping' }).waitFor()
  const { mappings } = (await installation.call('GET', '/mappings?search=globex')) as { mappings: { external_org_id: string }[] }
  assert.deepEqual(
    mappings.map(({ external_org_id }) => external_org_id),
    ['102'],
  )
  assert.deepEqual(failures, [])
  await context.close()
})

test('what is in the way says so at its line, nothing is mapped, and the rest is mapped without it', async () => {
  const [initech, rival] = [await add('Initech Ltd'), await add('The rival')]
  await add('Nobody Else Ltd')
  await installation.call('GET', '/integrations/myintegration/discover')
  const { page, context } = await openSignedIn(browser, installation, { path: '/integrations/myintegration/match' })
  await mapBox(page, 'Initech Ltd').waitFor()
  await installation.call('POST', `/organizations/${rival}/integrations`, { integration_name: 'myintegration', external_org_id: '103' })
  await page.getByRole('button', { name: 'Map 2 organizations' }).click()
  await page.getByText('Some lines cannot be mapped').waitFor()
  await lineOf(page, 'Initech Ltd')
    .getByText(/The organization 'The rival' is already mapped to this external organization/)
    .waitFor()
  assert.equal(
    await lineOf(page, 'Nobody Else Ltd')
      .getByText(/already mapped/)
      .count(),
    0,
  )
  await becomes(() => page.getByText(/are mapped\./).count(), 0)
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await page.getByRole('button', { name: 'Leave it out' }).click()
  await page.getByRole('button', { name: 'Map 1 organization' }).click()
  const told = page.getByText('1 organization is mapped.')
  await told.waitFor()
  await page.setViewportSize({ width: 1280, height: 360 })
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
  await page.waitForFunction(() => window.scrollY > 100)
  const place = await told.boundingBox()
  assert.ok(place && place.y > 0 && place.y + place.height < 360, 'what was done is told in sight, however far down the page')
  const { count } = (await installation.call('GET', `/organizations/${initech}/integrations`)) as { count: number }
  assert.equal(count, 0)
  await context.close()
})

test('where each mapping needs data of its own, the page says so and leads to where it is entered', async () => {
  await add('Hooli', ['hooli.example'])
  const { page, context } = await openSignedIn(browser, installation, { path: '/integrations/needy_tool/match' })
  await page.getByRole('button', { name: 'Discover now' }).click()
  await lineOf(page, 'Hooli').getByText('Same domain').waitFor()
  await page.getByText('Each mapping of NeedyTool needs data of its own').waitFor()
  await page.getByText(/^Region: to be entered/).waitFor()
  await becomes(() => page.getByRole('checkbox').count(), 0)
  await page.getByRole('link', { name: 'Map Hooli by hand' }).click()
  await page.getByRole('dialog', { name: 'Add Integration Mapping' }).waitFor()
  await context.close()
})

test('who is added has the domains that only this external organization has', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/integrations/domain_tool/match?view=add' })
  await page.getByRole('button', { name: 'Discover now' }).click()
  await page.getByRole('row').filter({ hasText: 'Stark Industries' }).getByText('stark.example', { exact: true }).waitFor()
  await page.getByRole('checkbox', { name: 'Add Stark Industries' }).check()
  await page.getByRole('button', { name: 'Add 1 organization and map it' }).click()
  await page.getByText('1 organization is added and mapped.').waitFor()
  const { organizations } = (await installation.call('GET', '/organizations?search=stark')) as { organizations: { domains: string[] }[] }
  assert.deepEqual(
    organizations.map(({ domains }) => domains),
    [['stark.example']],
  )
  await context.close()
})

test('in the drawer of one organization those that it is likely to be stand first, until something is searched for', async () => {
  const id = await add('Yet Another Ltd')
  const path = `/organizations/${id}/integrations?mapping=new&integration=myintegration`
  const { page, context } = await openSignedIn(browser, installation, { path })
  await page.getByRole('button', { name: 'Discover Organizations' }).click()
  const options = page.getByRole('option')
  await options.first().getByText('Likely').waitFor()
  await options.first().getByText('Yet Another').waitFor()
  await page.getByRole('combobox', { name: 'Search the external organizations' }).fill('e')
  await page.getByText('Likely').waitFor({ state: 'hidden' })
  await context.close()
})

test('a form asks for no data that nobody declared, and says in words how free values are added', async () => {
  const id = await add('Free data')
  const form = (tool: string) => `/organizations/${id}/integrations?mapping=new&integration=${tool}`
  const { page, context } = await openSignedIn(browser, installation, { path: form('free_tool') })
  await page.getByRole('button', { name: 'Add a value' }).click()
  await page.getByRole('textbox', { name: 'Key', exact: true }).fill('team')
  await becomes(() => page.getByRole('button', { name: 'Add a value' }).count(), 1, 'only the tags have free keys')
  await page.goto(form('domain_tool'))
  await page
    .getByRole('dialog')
    .getByText('DomainTool')
    .or(page.getByRole('button', { name: 'Discover Organizations' }))
    .first()
    .waitFor()
  await becomes(() => page.getByText('Mapping data').count(), 0)
  await context.close()
})

test('on a phone the matches are cards that say the same, and nothing is scrolled sideways', async () => {
  await add('Umbrella Hospital')
  const { page, context } = await openSignedIn(browser, installation, {
    path: '/integrations/myintegration/match',
    width: 390,
    height: 800,
  })
  const cards = page.getByRole('list', { name: 'Organizations and their likely matches' }).getByRole('listitem')
  await cards.getByText('Similar name').first().waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await becomes(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true)
  await page.getByText('Add as organizations').click()
  await page.getByRole('list', { name: 'External organizations that can be added' }).waitFor()
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await becomes(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true)
  await context.close()
})

test('when everything is mapped the page says so', async () => {
  const { organizations } = (await installation.call('GET', '/organizations')) as { organizations: { id: string }[] }
  const lines = organizations.map(({ id }, index) => ({ org_id: id, external_org_id: `left-${index}` }))
  await installation.call('POST', '/integrations/myintegration/mappings', { mappings: lines })
  const { page, context } = await openSignedIn(browser, installation, { path: '/integrations/myintegration/match' })
  await page.getByText('Every organization is mapped').waitFor()
  await context.close()
})
