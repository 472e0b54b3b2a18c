import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HaloOptions, startHaloSimulator } from './halopsa.ts'

async function givenHalo(options: HaloOptions = {}) {
  const halo = await startHaloSimulator(options)
  const info = (await (await fetch(`${halo.url}/api/authinfo`)).json()) as { auth_url: string; tenant_id: string }
  const tokenWith = (secret: string) =>
    fetch(`${info.auth_url}/token?tenant=${info.tenant_id}`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: halo.clientId, client_secret: secret, scope: 'all' }),
    })
  const { access_token } = (await (await tokenWith(halo.clientSecret)).json()) as { access_token: string }
  const ask = async (path: string, body?: unknown) => {
    const init = { headers: { authorization: `Bearer ${access_token}` }, ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) }
    const response = await fetch(`${halo.url}/api${path}`, init)
    const text = await response.text()
    // biome-ignore lint/suspicious/noExplicitAny: the tests look at many shapes
    return { status: response.status, body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text) as any }
  }
  return { halo, ask, tokenWith, [Symbol.asyncDispose]: halo.stop }
}

test('a page is shorter than asked for, and the total says how many there are', async () => {
  await using it = await givenHalo({ count: 250 })
  const { body } = await it.ask('/Client?pageinate=true&page_no=1&page_size=1000')
  assert.deepEqual([body.clients.length, body.record_count, body.page_size], [100, 250, 100])
  assert.equal((await it.ask('/Client?pageinate=true&page_no=3&page_size=1000')).body.clients.length, 50)
  assert.deepEqual((await it.ask('/Client?pageinate=true&page_no=4&page_size=1000')).body.clients, [])
})

test('inactive clients come when they are asked for', async () => {
  await using it = await givenHalo()
  const names = async (query: string) =>
    (await it.ask(`/Client?pageinate=true&page_size=100${query}`)).body.clients.map(({ name }: { name: string }) => name)
  assert.equal((await names('')).length, 40)
  assert.ok((await names('&includeinactive=true')).includes('Closed Down Bakery Ltd'))
  assert.equal((await it.ask('/Client/11?includedetails=true')).body.inactive, true)
})

test('credentials that are wrong and an id that is unknown are told in the words of the vendor', async () => {
  await using it = await givenHalo()
  const refused = await it.tokenWith('wrong')
  assert.deepEqual([refused.status, ((await refused.json()) as { error: string }).error], [400, 'invalid_client'])
  assert.equal((await fetch(`${it.halo.url}/api/Client`)).status, 401)
  assert.equal((await it.ask('/Client/999999')).status, 404)
})

test('a ticket is opened, noted on and closed; a note without an outcome is refused', async () => {
  await using it = await givenHalo()
  const made = await it.ask('/Tickets', [{ summary: 'Disk full', details: 'C: is full', client_id: 12 }])
  const { id } = made.body
  assert.deepEqual([made.status, made.body.status_id], [201, 1])
  assert.match((await it.ask('/Actions', [{ ticket_id: id, note: 'x' }])).body.Message, /Outcome must be entered/)
  assert.equal((await it.ask('/Actions', [{ ticket_id: id, note: 'Again', outcome_id: 7, hiddenfromuser: true }])).status, 201)
  const open = async () =>
    (await it.ask('/Tickets?client_id=12&open_only=true&search_summary=disk&pageinate=true')).body.tickets.map(
      (ticket: { id: number }) => ticket.id,
    )
  assert.deepEqual(await open(), [id])
  assert.equal((await it.ask('/Tickets', [{ id, status_id: 9 }])).body.hasbeenclosed, true)
  assert.deepEqual(await open(), [])
  assert.equal(it.halo.findTicket(id)?.notes[0]?.note, 'Again')
})

test('a user is found by object id with advanced search only', async () => {
  await using it = await givenHalo()
  const [user] = (await it.ask('/Users?client_id=12&pageinate=true')).body.users
  const filter = JSON.stringify([{ filter_name: 'azureoid', filter_type: 2, filter_value: user.azureoid }])
  const found = await it.ask(`/Users?client_id=12&advanced_search=${encodeURIComponent(filter)}`)
  assert.deepEqual(
    found.body.users.map(({ id }: { id: number }) => id),
    [user.id],
  )
  assert.deepEqual((await it.ask(`/Users?client_id=12&search=${user.azureoid}`)).body.users, [])
  assert.equal((await it.ask(`/Users?advanced_search=${encodeURIComponent('[{"filter_name":"x","filter_type":2}]')}`)).status, 400)
})

test('more than 300 requests in five minutes are refused without a Retry-After', async () => {
  const now = new Date('2026-01-01T00:00:00Z')
  await using it = await givenHalo({ now: () => now })
  for (let made = 0; made < 300; made += 1) assert.equal((await it.ask('/Agent/me')).status, 200)
  const refused = await fetch(`${it.halo.url}/api/Agent/me`)
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, null])
})
