import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { givenOrganization } from '../../testing/given-installation.ts'
import { givenPeople, goodPassword, type TestBrowser } from '../../testing/given-people.ts'
import { inScope, sql } from '../platform/database/database.ts'

const given = await givenPeople()
after(() => given[Symbol.asyncDispose]())
const { asKey, db } = given
const [acme, globex] = [await givenOrganization(db, 'Acme'), await givenOrganization(db, 'Globex')]
const ada = await given.join('Ada Administrator')
const vic = await given.join('Vic Viewer', [{ role: 'engineer', reach: { organizations: [acme.id] } }])

const begin = (browser: TestBrowser, id: string) => browser.call('POST', `/people/${id}/view`)
const end = (browser: TestBrowser) => browser.call('DELETE', '/session/view')
const whoIs = async (browser: TestBrowser) => (await browser.call('GET', '/session')).body
const namesFor = async (browser: TestBrowser) =>
  (await browser.call('GET', '/organizations')).body.organizations.map((one: { name: string }) => one.name)
const viewEvents = async () =>
  (await asKey.call('GET', '/audit?action=person_view')).body.events.map(
    (one: { action: string; actor: object; target: { id: string } }) => [one.action, one.actor, one.target.id],
  )

test('an administrator sees what another person sees until they end it, and the audit has both', async () => {
  const { status, body } = await begin(ada.browser, vic.id)
  assert.equal(status, 201)
  const minutes = (Date.parse(body.until) - Date.now()) / 60_000
  assert.ok(minutes > 29 && minutes <= 30.1, `${minutes} minutes`)
  const seen = await whoIs(ada.browser)
  assert.deepEqual([seen.actor.name, seen.viewed_by], ['Vic Viewer', { id: ada.id, name: 'Ada Administrator', until: body.until }])
  assert.deepEqual(seen.permissions, (await whoIs(vic.browser)).permissions)
  assert.deepEqual((await ada.browser.call('GET', '/me')).body.viewed_by, seen.viewed_by)
  assert.deepEqual(await namesFor(ada.browser), ['Acme'])
  assert.equal((await ada.browser.call('GET', `/organizations/${globex.id}`)).status, 404)
  assert.equal((await ada.browser.call('GET', '/people')).body.error, 'forbidden')
  assert.equal((await whoIs(vic.browser)).viewed_by, null)

  assert.equal((await end(ada.browser)).status, 204)
  assert.equal((await end(ada.browser)).status, 204)
  assert.deepEqual([(await whoIs(ada.browser)).viewed_by, await namesFor(ada.browser)], [null, ['Acme', 'Globex']])
  const actor = { type: 'person', id: ada.id, name: 'Ada Administrator' }
  assert.deepEqual(await viewEvents(), [
    ['person_view.ended', actor, vic.id],
    ['person_view.begun', actor, vic.id],
  ])
})

test('an administrator who views as somebody else changes nothing, and does not see the account of the other', async () => {
  const description = JSON.parse(await readFile(join(import.meta.dirname, '../../../client/openapi.json'), 'utf8'))
  type Operation = { operationId: string; 'x-audit'?: string }
  const operations = Object.entries<Record<string, Operation>>(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  )
  const ofAccount = ['listSessions', 'listDevices', 'getDeviceRequest', 'getProfile', 'listPasskeys']
  const refused = operations.filter(
    ({ method, operationId, 'x-audit': audit }) =>
      !['signOut', 'endViewingAs'].includes(operationId) && (method !== 'GET' || audit || ofAccount.includes(operationId)),
  )
  assert.ok(refused.length > 80)
  await begin(ada.browser, vic.id)
  for (const { path, method } of refused) {
    const url = path.replace(/^\/api/, '').replaceAll(/\{\w+\}/g, vic.id)
    const { status, body } = await ada.browser.call(method as 'GET', url, method === 'GET' ? undefined : {})
    assert.deepEqual([status, body.error], [403, 'viewing_as'], `${method} ${path}`)
  }
  await end(ada.browser)
})

test('an administrator who views as somebody else has no more than both have', async () => {
  const former = await given.join('Former Administrator')
  const everywhere = await given.join('Everywhere Engineer', [{ role: 'engineer', reach: { all: true } }])
  await begin(former.browser, everywhere.id)
  assert.deepEqual(await namesFor(former.browser), ['Acme', 'Globex'])
  await asKey.call('PATCH', `/people/${former.id}`, { grants: [{ role: 'viewer', reach: { organizations: [globex.id] } }] })
  assert.deepEqual(await namesFor(former.browser), ['Globex'])
  assert.deepEqual((await whoIs(former.browser)).permissions.includes('canManageSecrets'), false)
})

test('a view ends by itself after its time, with the session, and with the person', async () => {
  const times = async () => (await viewEvents()).filter(([action]: string[]) => action === 'person_view.ended').length
  const before = await times()
  await begin(ada.browser, vic.id)
  await inScope(db, 'allOrganizations', async (transaction) => {
    const [view] = await transaction.query<{ session_id: string }>(
      sql`delete from person_views where viewer_id = ${ada.id} returning session_id`,
    )
    await transaction.query(sql`
      insert into person_views (session_id, viewer_id, viewer_name, person_id, person_name, ends_at)
      values (${view?.session_id}, ${ada.id}, 'Ada Administrator', ${vic.id}, 'Vic Viewer', now())`)
  })
  assert.equal((await whoIs(ada.browser)).actor.name, 'Ada Administrator')

  const leaving = await given.join('Leaving Soon', [{ role: 'viewer', reach: { all: true } }])
  await begin(ada.browser, leaving.id)
  await asKey.call('POST', `/people/${leaving.id}/deactivate`)
  assert.equal((await whoIs(ada.browser)).actor.name, 'Ada Administrator')
  assert.equal(await times(), before + 2)
  assert.equal((await begin(ada.browser, leaving.id)).body.error, 'person_deactivated')

  const away = await given.join('Away Administrator')
  await begin(away.browser, vic.id)
  assert.equal((await away.browser.call('DELETE', '/session')).status, 204)
  assert.equal((await whoIs(away.browser)).error, 'unauthenticated')
  assert.equal(await times(), before + 3)
  assert.equal((await away.browser.call('POST', '/session/password', { email: away.email, password: goodPassword })).status, 201)
  assert.equal((await whoIs(away.browser)).viewed_by, null)
})

test('only an administrator of all organizations who is signed in views as somebody else, and not as themselves', async () => {
  const acmes = await given.join('Administrator of Acme', [{ role: 'administrator', reach: { organizations: [acme.id] } }])
  const refusalOf = async (browser: TestBrowser, id: string) => {
    const { status, body } = await begin(browser, id)
    return [status, body.error]
  }
  assert.deepEqual(await refusalOf(acmes.browser, vic.id), [403, 'forbidden'])
  assert.deepEqual(await refusalOf(vic.browser, ada.id), [403, 'forbidden'])
  assert.deepEqual(await refusalOf(given.browser(), vic.id), [401, 'unauthenticated'])
  assert.deepEqual(await refusalOf(asKey, vic.id), [403, 'not_a_person'])
  assert.deepEqual(await refusalOf(ada.browser, ada.id), [409, 'viewing_oneself'])
  assert.deepEqual(await refusalOf(ada.browser, acme.id), [404, 'person_not_found'])
})
