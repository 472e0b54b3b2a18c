import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { testAdminKey } from '../testing/test-app.ts'
import { startTestInstallation, type TestInstallation } from '../testing/test-installation.ts'
import { until } from '../testing/until.ts'

// What users of such products reported as faults of theirs, tried against this one.

const acts = `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'
const acts = {
  'logs at no level': (ctx) => ctx.log('fatal', 'x'),
  'sleeps for ages': (ctx) => ctx.sleep(1e15),
  'throws in a circle': () => { const error = new Error('a'); error.cause = error; throw error },
  'throws in a circle of several': () => { const error = new AggregateError([], 'b'); error.errors.push(error, new Error('c')); throw error },
  'works on': async (ctx) => { for (let n = 0; n < 20; n++) await ctx.step('s' + n, () => new Promise((resolve) => setTimeout(resolve, 20))); return 'done' },
}
export const act = workflow(
  { name: 'act', description: 'Acts.', parameters: z.object({ act: z.string(), day: z.iso.date().optional(), mail: z.email().optional() }) },
  (ctx, { act }) => acts[act](ctx),
)
`

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let installation: TestInstallation
let acme: string

before(async () => {
  workspace = await temporaryWorkspace({ 'workflows/acts.ts': acts })
  installation = await startTestInstallation(workspace.path)
  acme = (await installation.call('POST', '/api/organizations', { name: 'Acme' })).body.id
})
after(async () => {
  await installation[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

const run = (act: string, more: object = {}, wait = 30) =>
  installation.call(
    'POST',
    `/api/workflows/execute?wait=${wait}`,
    { workflow_name: 'act', parameters: { act, ...more } },
    { 'x-organization-id': acme },
  )

async function send(payload: string, contentType: string) {
  const answer = await installation.api.app.inject({
    method: 'POST',
    url: '/api/organizations',
    headers: { authorization: `Bearer ${testAdminKey}`, 'content-type': contentType },
    payload,
  })
  return [answer.statusCode, answer.json().error ?? answer.json().name]
}

test('a level of a log line that there is not is a mistake of that code, and hits no other execution', async () => {
  const innocent = (await run('works on', {}, 0)).body.execution_id
  const { body } = await run('logs at no level')
  assert.deepEqual([body.status, body.error.type], ['failed', 'TypeError'])
  assert.equal(body.error.message, "log(level, message) needs the level debug, info, warn or error; got 'fatal'.")
  const read = async () => (await installation.call('GET', `/api/executions/${innocent}`)).body
  await until('the innocent one has ended', async () => (await read()).status === 'success')
  assert.equal((await read()).attempt ?? 1, 1)
})

test('a sleep whose end is no date that programs can read is refused', async () => {
  const { body } = await run('sleeps for ages')
  assert.deepEqual([body.status, body.error.type], ['failed', 'TypeError'])
  assert.match(body.error.message, /^sleep takes at most ten years \(\d+ milliseconds\); got 1000000000000000\.$/)
  assert.equal((await installation.call('GET', '/api/executions')).status, 200)
})

test('an error that is its own cause is told once', async () => {
  assert.equal((await run('throws in a circle')).body.error.details.causes, undefined)
  const { error } = (await run('throws in a circle of several')).body
  assert.equal(JSON.stringify(error).match(/"message":"b/g)?.length, 1)
  assert.match(JSON.stringify(error), /"c"/)
})

test('a date or an address that is none is told in words, and not as a regular expression', async () => {
  const { status, body } = await run('works on', { day: '2026-02-30', mail: 'nobody' })
  assert.equal(status, 400)
  assert.deepEqual(body.details, {
    'parameters.day': ['must be a date such as 2025-10-11'],
    'parameters.mail': ['must be an email address'],
  })
})

test('a body that is no JSON in UTF-8 is told to be so', async () => {
  assert.deepEqual(await send('{"name":"Text"}', 'text/plain'), [415, 'unsupported_media_type'])
  assert.deepEqual(await send('{"name":"Latin"}', 'application/json; charset=latin1'), [415, 'unsupported_media_type'])
  assert.deepEqual(await send('name=Form', 'application/x-www-form-urlencoded'), [415, 'unsupported_media_type'])
  assert.deepEqual(await send('{"name":"Good"}', 'application/json; charset="UTF-8"'), [201, 'Good'])
})

test('a name that nobody can see is no name', async () => {
  for (const name of ['\u200b', ' \u2060 ', '\ufeff', '\u00ad']) {
    const { status, body } = await installation.call('POST', '/api/organizations', { name })
    assert.deepEqual([status, Object.keys(body.details)], [400, ['name']], JSON.stringify(name))
  }
})

test('times, numbers and ids of a query that are none are told in words', async () => {
  const detailsOf = async (url: string) => (await installation.call('GET', url)).body.details
  assert.deepEqual(await detailsOf('/api/executions?since=2026-01-01'), {
    since: ['must be a date and time such as 2025-10-11T10:00:00Z'],
  })
  assert.deepEqual(await detailsOf('/api/organizations?limit=10&limit=20'), { limit: ['must be a number'] })
  assert.deepEqual(await detailsOf('/api/organizations/none'), { orgId: ['must be a UUID'] })
})

test('an organization that is named twice in an order runs once', async () => {
  const order = { workflow_name: 'act', parameters: { act: 'works on' }, organizations: [acme, acme.toUpperCase(), acme] }
  const { status, body } = await installation.call('POST', '/api/workflows/execute', order)
  assert.deepEqual([status, body.total], [202, 1])
})
