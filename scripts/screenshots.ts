// node scripts/run.mjs scripts/screenshots.ts [--all] [--only name …] [--out folder] [--width 1280 …]: pictures of the admin interface in both colour
// schemes, with demo data. Without --all only those that the README and the docs show, into docs/images.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { launchBrowser, type Opened, openSignedIn } from '../e2e/browser.ts'
import { startInstallation } from '../e2e/installation.ts'
import { root } from './processes.ts'
import { type Demo, fillInstallation, vendorOrganizations } from './screenshot-data.ts'

type Page = Opened['page']

type Shot = {
  name: string
  path: string
  /** A text that is there once the page is. */
  shows: string | RegExp
  /** What a person does before the picture. */
  act?: (page: Page) => Promise<void>
  /** Where the page needs more than the others to be seen whole. */
  height?: number
  /** Is shown by the README or the docs. */
  isShown?: true
  /** In the light scheme alone: the docs need no more. */
  isLightOnly?: true
}

/** Every page; a new one is a new line. */
const shots = ({ orgId, succeededId, failedId, runningId, batchId }: Demo): Shot[] => [
  { name: 'dashboard', path: '/', shows: 'sync_users', isShown: true },
  { name: 'organizations', path: '/organizations', shows: 'alderfinch.example' },
  { name: 'organization', path: `/organizations/${orgId}`, shows: 'Last workflow runs' },
  { name: 'organization-mappings', path: `/organizations/${orgId}/integrations?show=all`, shows: 'Harborlight Antwerp' },
  {
    name: 'mapping',
    path: `/organizations/${orgId}/integrations`,
    shows: 'Harborlight Antwerp',
    act: addMapping,
    height: 1_160,
    isShown: true,
  },
  { name: 'organization-values', path: `/organizations/${orgId}/values`, shows: 'Add secret' },
  { name: 'organization-executions', path: `/organizations/${orgId}/executions`, shows: 'sync_users_from_tenant' },
  { name: 'integrations', path: '/integrations', shows: 'MyIntegration' },
  { name: 'integration', path: '/integrations/myintegration', shows: 'Credentials and config' },
  ...['halopsa', 'huntress', 'microsoft_graph', 'ninjaone'].map((vendor) => ({
    name: `vendor-${vendor}`,
    path: `/integrations/${vendor}`,
    shows: 'Credentials and config',
    isShown: true as const,
    isLightOnly: true as const,
  })),
  { name: 'integration-organizations', path: '/integrations/myintegration/organizations', shows: 'Bayview Dental' },
  { name: 'integration-match', path: '/integrations/myintegration/match', shows: 'Pinecrest GC', isShown: true },
  { name: 'integration-add', path: '/integrations/myintegration/match?view=add', shows: 'Umber Studio' },
  { name: 'integration-discovered', path: `/integrations/myintegration/discovered?org=${orgId}`, shows: 'Tidewater Charity' },
  { name: 'integration-history', path: `/integrations/myintegration/history?org=${orgId}`, shows: 'Succeeded' },
  { name: 'mappings', path: '/mappings', shows: 'Copperfield Claims' },
  { name: 'workflows', path: '/workflows', shows: 'User Management' },
  { name: 'workflow', path: `/workflows/sync_users_from_tenant?org=${orgId}`, shows: 'Tenant' },
  { name: 'schedules', path: '/schedules', shows: 'Test of all mappings' },
  { name: 'batches', path: '/batches', shows: 'sync_if_mapped' },
  { name: 'batch', path: `/batches/${batchId}`, shows: 'Organizations' },
  { name: 'executions', path: '/executions', shows: 'sync_users_from_tenant' },
  { name: 'execution', path: `/executions/${succeededId}`, shows: /lines, complete/, isShown: true },
  { name: 'execution-failed', path: `/executions/${failedId}`, shows: /lines, complete/ },
  { name: 'execution-live', path: `/executions/${runningId}`, shows: 'Using mapping' },
  { name: 'data-providers', path: `/data-providers?org=${orgId}`, shows: 'Try it', act: tryProvider },
  { name: 'values', path: '/values', shows: 'myintegration_api_key' },
  {
    name: 'value-form',
    path: '/values',
    shows: 'myintegration_api_key',
    act: (page) => page.getByRole('button', { name: 'Add secret' }).click(),
  },
  {
    name: 'secret-details',
    path: '/values',
    shows: 'myintegration_api_key',
    act: async (page) => {
      await page.getByRole('button', { name: 'Details of myintegration_api_key' }).click()
      await page.getByRole('table', { name: 'Versions' }).waitFor()
    },
  },
  { name: 'keys', path: '/settings/keys', shows: 'Create key' },
  { name: 'roles', path: '/settings/roles', shows: 'technician' },
  { name: 'audit', path: '/audit', shows: 'Workflow run' },
  { name: 'palette', path: '/audit', shows: 'Workflow run', act: searchEverywhere },
  { name: 'not-found', path: '/no/such/page', shows: 'There is no such page' },
  { name: 'sign-in', path: '/sign-in', shows: 'Administrator key' },
]

async function addMapping(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add Integration Mapping' }).click()
  await page.getByRole('button', { name: 'Discover Organizations' }).click()
  await page.getByRole('combobox', { name: 'Search the external organizations' }).fill('ha')
  await page.getByRole('option', { name: /Tidewater Charity/ }).click()
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await page.getByText('Successfully connected to Tidewater Charity').waitFor()
}

async function tryProvider(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try it' }).click()
  await page
    .getByText(/Harborlight Antwerp/)
    .first()
    .waitFor()
}

async function searchEverywhere(page: Page): Promise<void> {
  await page.keyboard.press('Control+K')
  await page
    .getByRole('textbox', { name: 'Go to' })
    .or(page.getByRole('searchbox', { name: 'Go to' }))
    .fill('har')
  await page
    .getByRole('button', { name: /Harborlight/ })
    .first()
    .waitFor()
}

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    out: { type: 'string', default: join(root, 'docs', 'images') },
    width: { type: 'string', multiple: true, default: ['1280'] },
  },
})
const out = resolve(values.out)
await mkdir(out, { recursive: true })

await using installation = await startInstallation({ organizations: vendorOrganizations, integrations: 'all' })
const demo = await fillInstallation(installation)
const browser = await launchBrowser()
try {
  for (const width of values.width.map(Number)) {
    const usualHeight = width < 600 ? 844 : 800
    const { page, context } = await openSignedIn(browser, installation, { width, height: usualHeight })
    for (const { name, path, shows, act, height = usualHeight, isShown, isLightOnly } of shots(demo)) {
      if (values.only ? !values.only.includes(name) : !values.all && !isShown) continue
      await page.setViewportSize({ width, height: Math.max(height, usualHeight) })
      await page.goto(path)
      await page.getByText(shows).first().waitFor()
      await act?.(page)
      for (const scheme of isLightOnly && !values.all ? (['light'] as const) : (['light', 'dark'] as const)) {
        await page.emulateMedia({ colorScheme: scheme })
        await page.waitForFunction(() => !document.querySelector('.mantine-Skeleton-root'))
        const file = [name, scheme, ...(values.width.length > 1 ? [width] : [])].join('-')
        await page.screenshot({ path: join(out, `${file}.png`), fullPage: values.all, animations: 'disabled' })
      }
      await page.emulateMedia({ colorScheme: 'light' })
      console.log(`${width}  ${name}`)
    }
    await context.close()
  }
} finally {
  await browser.close()
}
