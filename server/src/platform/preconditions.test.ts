import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, givenPublished, integrationDefinition, workflowDefinition } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { readInScope, sql } from './database/database.ts'
import { etagOf, preconditionOf } from './preconditions.ts'

type Edited = {
  what: string
  url: string
  method: 'PATCH' | 'PUT'
  /** Bodies that differ from what is there and from each other. */
  bodies: [object, object]
  remove: string
  gone: 'changed_meanwhile' | 'config_not_found' | undefined
}

/** One of everything that people edit. */
async function givenEdited() {
  const api = await givenApi()
  const acme = await givenOrganization(api.db, 'Acme')
  await givenPublished(
    api.db,
    integrationDefinition('halo'),
    workflowDefinition('nightly', { schedule: { cron: '0 3 * * *', timeZone: 'UTC', organizations: 'all', missed: 'skip' } }),
  )
  const mappings = `/organizations/${acme.id}/integrations`
  const mapping = (await api.send('POST', mappings, { integration_name: 'halo', external_org_id: '1' })).body
  const value = (text: string) => ({ value: text, scope: 'organization', org_id: acme.id })
  await api.send('PUT', '/config/url', value('a'))
  const ofConfig = `/config/url?scope=organization&org_id=${acme.id}`
  const mappingUrl = `${mappings}/${mapping.id}`
  const edited: Edited[] = [
    {
      what: 'mapping',
      url: mappingUrl,
      method: 'PATCH',
      bodies: [{ external_org_name: 'B' }, { mapping_data: { a: 1 } }],
      remove: mappingUrl,
      gone: undefined,
    },
    { what: 'config value', url: ofConfig, method: 'PUT', bodies: [value('b'), value('c')], remove: ofConfig, gone: 'config_not_found' },
    {
      what: 'schedule',
      url: '/schedules/nightly',
      method: 'PUT',
      bodies: [{ is_paused: true }, { cron: '5 3 * * *' }],
      remove: '/schedules/nightly',
      gone: undefined,
    },
    {
      what: 'organization',
      url: `/organizations/${acme.id}`,
      method: 'PATCH',
      bodies: [{ name: 'B' }, { domains: ['b.example'] }],
      remove: `/organizations/${acme.id}`,
      gone: undefined,
    },
  ]
  return { ...api, acme, mappingUrl, edited }
}

const bare = (url: string) => url.split('?')[0] as string

test('who changes what somebody else has changed meanwhile is told who and when, and changes nothing', async () => {
  await using api = await givenEdited()
  for (const { what, url, method, bodies, remove } of api.edited) {
    const target = method === 'PUT' ? bare(url) : url
    const read = await api.send('GET', url)
    assert.equal(read.status, 200, what)
    assert.match(String(read.headers.etag), /^"[\w-]+"$/)
    assert.equal(read.headers.etag, read.body.etag)
    const first = await api.send(method, target, bodies[0], { 'if-match': read.body.etag })
    assert.equal(first.status, 200, JSON.stringify(first.body))
    assert.notEqual(first.body.etag, read.body.etag)
    for (const answer of [
      await api.send(method, target, bodies[1], { 'if-match': read.body.etag }),
      await api.send('DELETE', remove, undefined, { 'if-match': read.body.etag }),
    ]) {
      assert.deepEqual([answer.status, answer.body.error], [412, 'changed_meanwhile'], what)
      assert.match(answer.body.message, /^Administrator key changed it at \d{4}-/)
      const { changed_by, changed_at, etag } = answer.body.details
      assert.deepEqual([changed_by, etag], ['Administrator key', first.body.etag])
      assert.ok(Math.abs(Date.parse(changed_at) - Date.now()) < 60_000)
    }
    assert.equal((await api.send('GET', url)).body.etag, first.body.etag, 'nothing was changed')
    assert.equal((await api.send(method, target, bodies[1])).status, 200, 'without the header it works as before')
    assert.equal((await api.send(method, target, bodies[0], { 'if-match': '*' })).status, 200)
    const last = (await api.send('GET', url)).body.etag
    assert.equal((await api.send('DELETE', remove, undefined, { 'if-match': `"other", ${last}` })).status, 204)
  }
})

test('of many who change the same thing at once with the same tag, one wins', async () => {
  await using api = await givenEdited()
  for (const { what, url, method, bodies } of api.edited) {
    const { etag } = (await api.send('GET', url)).body
    const target = method === 'PUT' ? bare(url) : url
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => api.send(method, target, bodies[index % 2], { 'if-match': etag })),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(412)], what)
  }
})

test('lists have the tags too, and a test of the connection leaves the tag of a mapping as it is', async () => {
  await using api = await givenEdited()
  const [mapping, config, schedule, organization] = await Promise.all(
    api.edited.map(async ({ url }) => (await api.send('GET', url)).body.etag),
  )
  assert.equal((await api.send('GET', '/organizations')).body.organizations[0].etag, organization)
  assert.equal((await api.send('GET', '/config')).body.config[0].etag, config)
  assert.equal((await api.send('GET', '/mappings')).body.mappings[0].etag, mapping)
  const { schedules } = (await api.send('GET', '/schedules')).body
  assert.equal(schedules.find(({ workflow_name }: { workflow_name: string }) => workflow_name === 'nightly').etag, schedule)
  await readInScope(api.db, 'allOrganizations', sql`update organization_mappings set last_tested_at = now(), last_test_success = true`)
  assert.equal((await api.send('GET', api.mappingUrl)).body.last_test_success, true)
  assert.equal((await api.send('GET', api.mappingUrl)).body.etag, mapping)
})

test('a value that is not there any more is not set again by who expects one, and is by who does not', async () => {
  await using api = await givenEdited()
  const { etag } = (await api.send('GET', `/config/url?scope=organization&org_id=${api.acme.id}`)).body
  await api.send('DELETE', `/config/url?scope=organization&org_id=${api.acme.id}`)
  const body = { value: 'b', scope: 'organization', org_id: api.acme.id }
  for (const tag of [etag, '*']) {
    const answer = await api.send('PUT', '/config/url', body, { 'if-match': tag })
    assert.deepEqual([answer.status, answer.body.error, answer.body.details.etag], [412, 'changed_meanwhile', null])
    assert.match(answer.body.message, /It is not there, or not any more/)
  }
  assert.equal((await api.send('PUT', '/config/url', body)).status, 200)
})

test('a condition that is none, or that nobody would look at, is refused', async () => {
  await using api = await givenEdited()
  for (const [method, url, body, tag, message] of [
    ['PATCH', `/organizations/${api.acme.id}`, { name: 'B' }, 'abc', /If-Match must be an entity tag/],
    ['PATCH', `/organizations/${api.acme.id}`, { name: 'B' }, '', /If-Match must be an entity tag/],
    ['POST', '/organizations', { name: 'B' }, '"a"', /If-Match is not taken here/],
    ['POST', '/secrets', { key: 'a', value: 'b', scope: 'global' }, '*', /If-Match is not taken here/],
  ] as const) {
    const answer = await api.send(method, url, body, { 'if-match': tag })
    assert.deepEqual([answer.status, answer.body.error], [400, 'validation_failed'], `${method} ${url} ${tag}`)
    assert.match(answer.body.message, message)
  }
  const weak = await api.send('PATCH', `/organizations/${api.acme.id}`, { name: 'B' }, { 'if-match': 'W/"a"' })
  assert.equal(weak.status, 412, 'a weak tag never fits')
})

test('a tag is of the content, in whatever order its members stand', () => {
  assert.equal(etagOf({ a: 1, b: { c: 2, d: 3 } }), etagOf({ b: { d: 3, c: 2 }, a: 1 }))
  assert.notEqual(etagOf({ a: 1 }), etagOf({ a: '1' }))
  assert.deepEqual(preconditionOf({ 'if-match': '"a" , W/"b,c"' }), ['"a"', 'W/"b,c"'])
})
