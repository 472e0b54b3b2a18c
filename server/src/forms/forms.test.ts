import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { dataProviderDefinition, givenPublished, integrationDefinition, workflowDefinition } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { givenKey } from '../../testing/given-keys.ts'
import { createTestApp, type TestApp, testAdminKey } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { installationAuthentication } from '../access/authentication.ts'
import { setGrants } from '../access/granting.ts'
import { builtInRole } from '../access/roles.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'

let api: TestApp
let acme: string
let globex: string
let customer: { key: string; id: string }
let colleague: { key: string; id: string }

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any
const send = async (key: string, method: string, path: string, body?: object, org?: string) => {
  const answer = await api.app.inject({
    method: method as 'GET',
    url: path.startsWith('//') ? path.slice(1) : `/api${path}`,
    // From elsewhere, where nothing is open for this machine alone.
    remoteAddress: '198.51.100.7',
    headers: { authorization: `Bearer ${key}`, ...(org ? { 'x-organization-id': org } : {}) },
    ...(body ? { payload: body } : {}),
  })
  const isJson = String(answer.headers['content-type']).startsWith('application/json') && answer.body !== ''
  return { status: answer.statusCode, text: answer.body, body: (isJson ? answer.json() : null) as Body }
}
const submit = (key: string, form: string, org: string, parameters: object = { name: 'Ann' }) =>
  send(key, 'POST', `/forms/${form}/submissions`, { parameters }, org)
const idsIn = (body: Body) => body.forms.map(({ id }: Body) => id)

before(async () => {
  api = await createTestApp({
    authenticateWith: (given) =>
      installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  const parametersSchema = {
    type: 'object',
    properties: { name: { type: 'string' }, site: { type: 'string', dataProvider: 'list_sites' } },
    required: ['name'],
  }
  await givenPublished(
    api.db,
    workflowDefinition('new_user', { description: 'Asks for a new user.', parametersSchema }),
    workflowDefinition('offboard'),
    dataProviderDefinition('list_sites', { parametersSchema: { type: 'object', properties: { site: { type: 'string' } } } }),
    dataProviderDefinition('list_all_tenants'),
    integrationDefinition('halo'),
  )
  acme = (await givenOrganization(api.db, 'Acme')).id
  globex = (await givenOrganization(api.db, 'Globex')).id
  const grant = { role: 'customer_user', reach: { organizations: [acme] }, workflows: ['new_user'] }
  customer = await givenKey(api.db, grant)
  colleague = await givenKey(api.db, grant)
})
after(() => api[Symbol.asyncDispose]())

test('a customer’s user is offered the workflows that a grant names, for their organization, without what they are built of', async () => {
  const { body } = await send(customer.key, 'GET', '/forms')
  assert.deepEqual(idsIn(body), ['new_user'])
  const [form] = body.forms
  assert.deepEqual([form.description, form.organizations], ['Asks for a new user.', [{ id: acme, name: 'Acme' }]])
  assert.deepEqual(form.data_providers, [{ name: 'list_sites', fields: ['site'] }])
  assert.ok(!JSON.stringify(form).includes('workflows/'), 'no files')
  assert.equal((await send(customer.key, 'GET', '/forms/offboard')).body.error, 'form_not_found')
})

test('a grant that names no workflow offers none, so that a new workflow is open to no customer', async () => {
  const all = await givenKey(api.db, { role: 'customer_user', reach: { organizations: [acme] } })
  assert.deepEqual((await send(all.key, 'GET', '/forms')).body.forms, [])
  assert.equal((await submit(all.key, 'new_user', acme)).body.error, 'form_not_found')
  assert.deepEqual((await send(testAdminKey, 'GET', '/forms')).body.forms, [])
})

test('what its author offers to customers is a form for each of them whose grant names none, for their own organization', async () => {
  await using own = await createTestApp({
    authenticateWith: (given) =>
      installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  const ask = async (key: string, method: 'GET' | 'POST', path: string, body?: object, org?: string) => {
    const headers = { authorization: `Bearer ${key}`, ...(org ? { 'x-organization-id': org } : {}) }
    const answer = await own.app.inject({ method, url: `/api${path}`, headers, ...(body ? { payload: body } : {}) })
    return { status: answer.statusCode, body: answer.json() as Body }
  }
  const offeredForm = workflowDefinition('new_laptop', { displayName: 'Order a laptop', offeredTo: 'customers' })
  await givenPublished(own.db, offeredForm, workflowDefinition('offboard'))
  const [initech, hooli] = [(await givenOrganization(own.db, 'Initech')).id, (await givenOrganization(own.db, 'Hooli')).id]
  const reach = { organizations: [initech] }
  const anyForm = await givenKey(own.db, { role: 'customer_user', reach })
  const named = await givenKey(own.db, { role: 'customer_user', reach, workflows: ['offboard'] })
  const technician = await givenKey(own.db, { role: 'technician', reach })

  const { body } = await ask(anyForm.key, 'GET', '/forms')
  assert.deepEqual(
    body.forms.map(({ id, display_name, organizations }: Body) => [id, display_name, organizations]),
    [['new_laptop', 'Order a laptop', [{ id: initech, name: 'Initech' }]]],
  )
  assert.deepEqual(idsIn((await ask(named.key, 'GET', '/forms')).body), ['offboard'], 'a grant that names some is held to them')
  for (const key of [technician.key, testAdminKey])
    assert.deepEqual((await ask(key, 'GET', '/forms')).body.forms, [], 'it is for customers')

  const sent = await ask(anyForm.key, 'POST', '/forms/new_laptop/submissions', { parameters: {} }, initech)
  const { form_id, form_name, org_name } = sent.body
  assert.deepEqual([sent.status, form_id, form_name, org_name], [202, 'new_laptop', 'Order a laptop', 'Initech'])
  assert.equal(
    (await ask(anyForm.key, 'POST', '/forms/new_laptop/submissions', { parameters: {} }, hooli)).body.error,
    'organization_not_found',
  )
  assert.equal((await ask(anyForm.key, 'POST', '/forms/offboard/submissions', { parameters: {} }, initech)).body.error, 'form_not_found')
  assert.deepEqual(
    (await ask(anyForm.key, 'GET', '/submissions')).body.submissions.map(({ id }: Body) => id),
    [sent.body.id],
  )
  assert.equal((await ask(anyForm.key, 'GET', `/submissions/${sent.body.id}`)).status, 200)

  await givenPublished(own.db, { ...offeredForm, offeredTo: null }, workflowDefinition('offboard'))
  assert.deepEqual((await ask(anyForm.key, 'GET', '/forms')).body.forms, [])
  assert.deepEqual((await ask(anyForm.key, 'GET', '/submissions')).body.submissions, [])
  assert.equal((await ask(anyForm.key, 'GET', `/submissions/${sent.body.id}`)).body.error, 'submission_not_found')
})

test('they send a form for their own organization, and for no other', async () => {
  const sent = await submit(customer.key, 'new_user', acme)
  assert.deepEqual([sent.status, sent.body.status, sent.body.org_name, sent.body.parameters], [202, 'pending', 'Acme', { name: 'Ann' }])
  for (const [form, org, error] of [
    ['new_user', globex, 'organization_not_found'],
    ['new_user', newId(), 'organization_not_found'],
    ['offboard', acme, 'form_not_found'],
    ['nothing', acme, 'form_not_found'],
  ] as const)
    assert.equal((await submit(customer.key, form, org)).body.error, error, `${form} ${error}`)
  const wrong = await submit(customer.key, 'new_user', acme, {})
  assert.deepEqual([wrong.status, wrong.body.error], [400, 'validation_failed'])
  const { caller } = (await send(testAdminKey, 'GET', `/executions/${sent.body.id}`)).body
  assert.equal(caller.id, customer.id, 'the MSP sees who sent it')
})

test('the same key for the same form is one submission, and a colleague’s is their own', async () => {
  const idempotency_key = newId()
  const once = async (key: string) =>
    (await send(key, 'POST', '/forms/new_user/submissions', { parameters: { name: 'Bo' }, idempotency_key }, acme)).body.id
  const first = await once(customer.key)
  assert.equal(await once(customer.key), first)
  assert.notEqual(await once(colleague.key), first)
})

test('they see what they sent themselves: nothing of colleagues, of the MSP and of how it went inside', async () => {
  const own = (await submit(customer.key, 'new_user', acme)).body.id
  const others = (await submit(colleague.key, 'new_user', acme)).body.id
  const msps = (
    await send(testAdminKey, 'POST', '/workflows/execute?wait=0', { workflow_name: 'new_user', parameters: { name: 'x' } }, acme)
  ).body
  const { body } = await send(customer.key, 'GET', '/submissions')
  const listed = new Set(body.submissions.map(({ id }: Body) => id))
  assert.deepEqual([listed.has(own), listed.has(others), listed.has(msps.execution_id)], [true, false, false])
  for (const id of [others, msps.execution_id, newId()])
    assert.equal((await send(customer.key, 'GET', `/submissions/${id}`)).body.error, 'submission_not_found')
  await readInScope(
    api.db,
    'allOrganizations',
    sql`update executions set status = 'failed', started_at = now(), completed_at = now(),
      error = '{"type":"Error","message":"halo.msp.example refused key 7","details":{}}' where id = ${own}`,
  )
  const failed = await send(customer.key, 'GET', `/submissions/${own}`)
  assert.deepEqual([failed.body.status, failed.body.error, failed.body.result], ['failed', null, null])
  assert.ok(!failed.text.includes('halo.msp.example'))
})

test('whose role has canSeeResults is told what came of it', async () => {
  await send(testAdminKey, 'POST', '/roles', { name: 'key_user', description: 'x', permissions: ['canSubmitForms', 'canSeeResults'] })
  const keyUser = await givenKey(api.db, { role: 'key_user', reach: { organizations: [acme] }, workflows: ['new_user'] })
  const { id } = (await submit(keyUser.key, 'new_user', acme)).body
  await readInScope(
    api.db,
    'allOrganizations',
    sql`update executions set status = 'success', started_at = now(), completed_at = now(), result = '{"user":"ann"}' where id = ${id}`,
  )
  assert.deepEqual((await send(keyUser.key, 'GET', `/submissions/${id}`)).body.result, { user: 'ann' })
})

test('what the MSP notes of a customer is not told to them: tags, custom fields, and whether something is found by them', async () => {
  const post = (path: string, body: object) => send(testAdminKey, 'POST', path, body)
  await post('/organization-fields', { name: 'worth', label: 'Worth', type: 'text' })
  const noted = (await post('/organizations', { name: 'Noted', tags: ['slow payer'], fields: { worth: 'little' } })).body.id
  const { key } = await givenKey(api.db, { role: 'customer_user', reach: { organizations: [noted] }, workflows: ['new_user'] })
  for (const query of ['', '?search=nothing', '?tag=other', '?field.worth=much']) {
    const { body, text } = await send(key, 'GET', `/organizations${query}`)
    assert.deepEqual([body.organizations[0]?.name, body.organizations[0]?.tags, body.organizations[0]?.fields], ['Noted', [], {}], query)
    assert.ok(!text.includes('slow payer') && !text.includes('little'))
  }
  const shown = async () => (await send(key, 'GET', `/organizations/${noted}`)).body
  const { tags, etag } = await shown()
  assert.deepEqual(tags, [])
  await send(testAdminKey, 'PATCH', `/organizations/${noted}`, { tags: ['vip'] })
  assert.equal((await shown()).etag, etag, 'a tag that is guessed cannot be compared')
  assert.deepEqual((await send(key, 'GET', '/organization-fields')).body.fields, [])
})

test('options are asked of the data providers that the form names, for their organization', async () => {
  await readInScope(
    api.db,
    'allOrganizations',
    sql`update definitions set missing_since = now() where kind = 'data_provider' and name = 'list_sites'`,
  )
  const ask = (data_provider: string, org = acme) => send(customer.key, 'POST', '/forms/new_user/options', { data_provider }, org)
  assert.equal((await ask('list_all_tenants')).body.error, 'form_not_found')
  assert.equal((await ask('list_sites', globex)).body.error, 'organization_not_found')
  const broken = await ask('list_sites')
  assert.deepEqual([broken.status, broken.body.error], [409, 'form_not_available'])
  assert.ok(!broken.text.includes('data-providers/'), 'how it is built is not told')
})

test('a form that is not offered any more is gone, with what was sent by it', async () => {
  const left = await givenKey(api.db, { role: 'customer_user', reach: { organizations: [acme] }, workflows: ['new_user'] })
  const { id } = (await submit(left.key, 'new_user', acme)).body
  const role = builtInRole('customer_user') ?? assert.fail()
  await setGrants(api.db, { type: 'api_key', id: left.id }, [
    { role, reach: { organizations: [acme] }, limits: { workflows: ['offboard'] } },
  ])
  const forms = async () => idsIn((await send(left.key, 'GET', '/forms')).body)
  await until('the new grant applies', async () => (await forms()).includes('offboard'))
  assert.deepEqual(idsIn((await send(left.key, 'GET', '/forms')).body), ['offboard'])
  assert.equal((await send(left.key, 'GET', `/submissions/${id}`)).body.error, 'submission_not_found')
})
