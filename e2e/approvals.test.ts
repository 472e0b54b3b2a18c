import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { violationsInBothSchemes } from './axe.ts'
import { becomes } from './becomes.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

const removesMailbox = `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const removesMailbox = workflow(
  { name: 'removes_mailbox', description: 'Asks first.', parameters: z.object({ mailbox: z.string(), asksCustomer: z.boolean() }) },
  async (ctx, { mailbox, asksCustomer }) => {
    const { outcome, comment } = await ctx.approve({
      title: \`Remove the mailbox \${mailbox}\`,
      message: 'It cannot be restored.\\n<b>Not even by us.</b>',
      details: { mailbox, licenses: ['E3', 'Copilot'], size_mb: 4711, shared: false },
      ...(asksCustomer ? { approvers: { customer: true } } : {}),
    })
    return { outcome, comment }
  },
)
`

const ordersLaptop = `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const ordersLaptop = workflow(
  { name: 'orders_laptop', displayName: 'Order a laptop', description: 'Asks first.', parameters: z.object({ model: z.string() }) },
  async (ctx, { model }) => {
    const { approved } = await ctx.approve({
      title: \`Order \${model}\`,
      details: { model, delivery: { street: 'Ring 1', floors: Array.from({ length: 40 }, (_, floor) => floor), last: 'the very end' } },
    })
    if (!approved) return { ordered: false }
    return { ordered: true }
  },
)
`

let installation: Installation
let browser: Browser
let acme: string

before(async () => {
  installation = await startInstallation({
    files: { 'workflows/removes-mailbox.ts': removesMailbox, 'workflows/orders-laptop.ts': ordersLaptop },
  })
  acme = ((await installation.call('POST', '/organizations', { name: 'Acme' })) as { id: string }).id
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
})

/** The administrator key runs it, and it waits. */
async function givenWaiting(mailbox: string, asksCustomer = false): Promise<string> {
  const order = { workflow_name: 'removes_mailbox', parameters: { mailbox, asksCustomer } }
  const { execution_id: id } = (await installation.call('POST', '/workflows/execute?wait=0', order, { 'X-Organization-Id': acme })) as {
    execution_id: string
  }
  await becomes(async () => ((await installation.call('GET', `/executions/${id}`)) as { status: string }).status, 'waiting')
  return id
}

const resultOf = async (id: string) => ((await installation.call('GET', `/executions/${id}`)) as { result: unknown }).result

/** A browser that speaks with a key of these grants. */
async function openAs(name: string, grant: object) {
  const { key } = (await installation.call('POST', '/keys', { name, grants: [grant] })) as { key: string }
  const opened = await openSignedIn(browser, installation)
  // The administrator's page asks nothing any more once the key speaks.
  await opened.page.goto('about:blank')
  await opened.context.setExtraHTTPHeaders({ authorization: `Bearer ${key}` })
  return opened
}

/** The browser of a customer's user, who has taken their invitation: no key of ours is the customer. */
async function openAsCustomer(name: string, workflow: string) {
  const grants = [{ role: 'customer_user', reach: { organizations: [acme] }, workflows: [workflow] }]
  const email = `${name.toLowerCase()}@acme.example`
  const { link } = (await installation.call('POST', '/people', { name, email, grants })) as { link: { url: string } }
  const opened = await openSignedIn(browser, installation)
  await opened.page.goto('about:blank')
  await opened.context.clearCookies()
  await opened.page.goto(installation.url + link.url.replace(/^https?:\/\/[^/]+/, ''))
  await opened.page.getByLabel('Password', { exact: true }).fill('seven brown llamas sing')
  await opened.page.getByRole('button', { name: 'Join' }).click()
  await opened.page.getByRole('navigation', { name: 'Pages' }).waitFor()
  return opened
}

const panel = (page: Page, mailbox: string) => page.getByRole('region', { name: `Remove the mailbox ${mailbox}` })
const assertUsable = async (page: Page) => {
  assert.deepEqual(await violationsInBothSchemes(page), [])
  await becomes(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true)
}

test('who started it sees the wait and who decides, with buttons that say why they do nothing', async () => {
  const id = await givenWaiting('own@acme.example')
  const { page, context, failures } = await openSignedIn(browser, installation, { path: `/executions/${id}` })
  const own = panel(page, 'own@acme.example')
  await own.getByText('You started this execution, so somebody else has to decide.').waitFor()
  const approve = own.getByRole('button', { name: /^Approve: / })
  assert.equal(await approve.getAttribute('aria-disabled'), 'true')
  await approve.click({ force: true })
  await own.getByText('Open', { exact: true }).waitFor()
  assert.equal(await own.getByRole('textbox').count(), 0)
  // Away from the button, whose reason is shown while it is pointed at.
  await page.getByRole('heading', { level: 1 }).click()
  await becomes(() => page.getByRole('tooltip').count(), 0)
  await assertUsable(page)
  await installation.call('POST', `/executions/${id}/cancel`)
  await own.getByText('the execution ended before anybody decided').waitFor()
  assert.deepEqual(failures, [])
  await context.close()
})

test('somebody else finds it by the number beside the page, reads it, and approves with a comment', async () => {
  const id = await givenWaiting('ann@acme.example')
  const { page, context, failures } = await openAs('Tess', { role: 'technician', reach: { all: true } })
  await page.goto('/')
  const pages = page.getByRole('navigation', { name: 'Pages' })
  await pages.getByRole('link', { name: /^Approvals\s*1\s*for you$/ }).click()
  const asked = panel(page, 'ann@acme.example')
  await asked.getByRole('row', { name: 'licenses E3, Copilot' }).waitFor()
  // Text of author code is no HTML.
  await asked.getByText('<b>Not even by us.</b>').waitFor()
  await assertUsable(page)
  await page.setViewportSize({ width: 390, height: 844 })
  await assertUsable(page)
  await page.setViewportSize({ width: 1280, height: 900 })
  await asked.getByRole('textbox', { name: 'Comment' }).fill('As agreed.')
  await asked.getByRole('button', { name: /^Approve: / }).click()
  await page.getByText('Nothing waits for you').waitFor()
  await becomes(() => resultOf(id), { outcome: 'approved', comment: 'As agreed.' })
  await pages.getByRole('link', { name: 'Approvals', exact: true }).waitFor()
  await page.getByText('Decided', { exact: true }).click()
  await panel(page, 'ann@acme.example')
    .getByRole('row', { name: /^Approved by Tess, / })
    .waitFor()
  await panel(page, 'ann@acme.example').getByRole('row', { name: 'Comment As agreed.' }).waitFor()
  await assertUsable(page)
  assert.deepEqual(failures, [])
  await context.close()
})

test('the dashboard says what waits, and the page of the execution takes the decision', async () => {
  const id = await givenWaiting('bob@acme.example')
  const { page, context, failures } = await openAs('Tom', { role: 'technician', reach: { all: true } })
  await page.goto('/')
  await page.getByRole('region', { name: 'Approvals' }).getByText('Remove the mailbox bob@acme.example').waitFor()
  await page.goto(`/executions/${id}`)
  await panel(page, 'bob@acme.example')
    .getByRole('button', { name: /^Reject: / })
    .click()
  await panel(page, 'bob@acme.example').getByText('Rejected', { exact: true }).waitFor()
  await becomes(() => resultOf(id), { outcome: 'rejected', comment: null })
  assert.deepEqual(failures, [])
  await context.close()
})

test('a customer’s user sees and decides what is asked of them, and nothing else', async () => {
  const inside = await givenWaiting('inside@acme.example')
  const id = await givenWaiting('theirs@acme.example', true)
  const { page, context, failures } = await openAsCustomer('Gil', 'removes_mailbox')
  await page.goto('/')
  await page
    .getByRole('list', { name: 'What waits for your decision' })
    .getByRole('link', { name: 'Remove the mailbox theirs@acme.example' })
    .waitFor()
  await page.getByRole('region', { name: 'Waiting for your decision' }).getByRole('link', { name: 'View all' }).waitFor()
  await page.goto('/approvals?view=open')
  await panel(page, 'theirs@acme.example').getByRole('row', { name: 'For Acme' }).waitFor()
  await becomes(() => page.getByText('inside@acme.example').count(), 0)
  await becomes(() => page.getByRole('link', { name: 'removes_mailbox' }).count(), 0)
  await assertUsable(page)
  await panel(page, 'theirs@acme.example')
    .getByRole('button', { name: /^Approve: / })
    .click()
  await becomes(() => resultOf(id), { outcome: 'approved', comment: null })
  await installation.call('POST', `/executions/${inside}/cancel`)
  assert.deepEqual(failures, [])
  await context.close()
})

test('who sent a form sees that it waits, and that it was declined and why; who decides reads all of what is asked', async () => {
  const customer = await openAsCustomer('Ida', 'orders_laptop')
  await customer.page.goto('/')
  const id = await customer.page.evaluate(async (org) => {
    const headers = { 'content-type': 'application/json', 'x-organization-id': org }
    const sent = await fetch('/api/forms/orders_laptop/submissions', { method: 'POST', headers, body: '{"parameters":{"model":"X1"}}' })
    return ((await sent.json()) as { id: string }).id
  }, acme)
  await customer.page.goto(`/requests/${id}`)
  const waits = customer.page.getByRole('region', { name: 'Waits for somebody to approve it' })
  await waits.getByText(/^Until .+ somebody can decide\./).waitFor()
  await assertUsable(customer.page)

  const { page, context, failures } = await openAs('Uma', { role: 'technician', reach: { all: true } })
  await page.goto('/approvals')
  const asked = page.getByRole('region', { name: 'Order X1' })
  await asked.getByRole('link', { name: 'Order a laptop (orders_laptop)' }).waitFor()
  await asked.getByRole('row', { name: 'model X1' }).waitFor()
  const delivery = asked.getByRole('group', { name: 'delivery' })
  await delivery.getByText('the very end').waitFor()
  await becomes(() => delivery.evaluate((element) => element.scrollHeight <= element.clientHeight), true, 'nothing of it is cut')
  const comment = asked.getByRole('textbox', { name: 'Comment' })
  await comment.fill('ü'.repeat(1_001))
  await asked.getByText('The comment is too long by 2 bytes: it may have 2,000. Shorten it.').waitFor()
  assert.equal(await asked.getByRole('button', { name: /^Reject: / }).getAttribute('aria-disabled'), 'true')
  await comment.fill('Not this year.')
  await asked.getByRole('button', { name: /^Reject: / }).click()
  await page.getByText('Nothing waits for you').waitFor()
  await page.goto('/executions')
  await page.getByRole('link', { name: 'Order a laptop', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Order a laptop' }).waitFor()

  const declined = customer.page.getByRole('status').filter({ hasText: 'Declined' })
  await declined.getByText('Not this year.').waitFor()
  await becomes(() => customer.page.getByText('It went through.').count(), 0)
  await becomes(() => customer.page.getByText('Succeeded').count(), 0)
  await assertUsable(customer.page)
  await customer.page.goto('/requests')
  await customer.page.getByRole('list', { name: 'Your requests' }).getByText('Declined').waitFor()
  assert.deepEqual([...failures, ...customer.failures], [])
  await context.close()
  await customer.context.close()
})
