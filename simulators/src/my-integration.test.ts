import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type MyIntegrationVendor, startMyIntegrationVendor } from './my-integration.ts'

const page = z.object({ organizations: z.array(z.object({ id: z.number(), name: z.string() })), next_page: z.int().nullish() })

async function ask(vendor: MyIntegrationVendor, path: string, apiKey = vendor.apiKey) {
  const response = await fetch(vendor.url + path, { headers: { authorization: `Bearer ${apiKey}` } })
  return { status: response.status, headers: response.headers, body: (await response.json()) as unknown }
}

async function listAll(vendor: MyIntegrationVendor, pageSize: number) {
  const names: string[] = []
  for (let next: number | null = 1; next !== null; ) {
    const answer = page.parse((await ask(vendor, `/organizations?page_size=${pageSize}&page=${next}`)).body)
    names.push(...answer.organizations.map(({ name }) => name))
    next = answer.next_page ?? null
  }
  return names
}

test('it lists the two organizations of the quickstart, in one answer without paging', async () => {
  await using vendor = await startMyIntegrationVendor()
  assert.deepEqual((await ask(vendor, '/organizations')).body, {
    organizations: [
      { id: 12345, name: 'Acme Corp', code: 'ACME001', tier: 'premium' },
      { id: 67890, name: 'Wayne Enterprises', code: 'WAYNE001', tier: 'enterprise' },
    ],
  })
})

test('an organization has details and the same few users each time; an unknown one is 404', async () => {
  await using vendor = await startMyIntegrationVendor({ now: () => new Date('2025-10-11T10:00:00Z') })
  const users = await ask(vendor, '/organizations/12345/users')
  assert.ok(Array.isArray(users.body) && users.body.length >= 2)
  assert.deepEqual((await ask(vendor, '/organizations/12345/users')).body, users.body)
  assert.deepEqual((await ask(vendor, '/organizations/12345')).body, {
    id: 12345,
    name: 'Acme Corp',
    code: 'ACME001',
    tier: 'premium',
    user_count: users.body.length,
    updated_at: '2025-10-11T10:00:00.000Z',
  })
  for (const path of ['/organizations/1', '/organizations/nope/users']) assert.equal((await ask(vendor, path)).status, 404)
})

test('a missing or wrong key is 401 with a reason in JSON', async () => {
  await using vendor = await startMyIntegrationVendor({ apiKey: 'right' })
  const refused = await ask(vendor, '/organizations', 'wrong')
  assert.equal(refused.status, 401)
  assert.deepEqual(refused.body, { error: 'unauthorized', message: 'The API key is missing or wrong.' })
  vendor.faults.rejectCredentials()
  assert.equal((await ask(vendor, '/organizations')).status, 401)
  vendor.faults.clear()
  assert.equal((await ask(vendor, '/organizations')).status, 200)
})

test('pages hold all organizations once, with distinct names', async () => {
  await using vendor = await startMyIntegrationVendor()
  vendor.organizations.generate(2_500)
  const names = await listAll(vendor, 1_000)
  assert.equal(names.length, 2_502)
  assert.equal(new Set(names).size, 2_502)
  assert.equal((await ask(vendor, '/organizations?page_size=1001')).status, 400)
  assert.equal((await ask(vendor, '/organizations?page=0')).status, 400)
})

test('organizations are added, renamed and removed while it runs', async () => {
  await using vendor = await startMyIntegrationVendor({ organizations: [] })
  const { id } = vendor.organizations.add({ name: 'New' })
  vendor.organizations.rename(id, 'Newer')
  assert.deepEqual(await listAll(vendor, 10), ['Newer'])
  vendor.organizations.remove(id)
  assert.deepEqual(await listAll(vendor, 10), [])
  assert.throws(() => vendor.organizations.remove(id), /no organization/)
})

test('it fails as it is told to', async () => {
  await using vendor = await startMyIntegrationVendor()
  vendor.organizations.generate(5)
  vendor.faults.failPage(2)
  await assert.doesNotReject(ask(vendor, '/organizations?page_size=3&page=1'))
  assert.equal((await ask(vendor, '/organizations?page_size=3&page=2')).status, 500)
  assert.equal((await ask(vendor, '/organizations?page_size=3&page=3')).status, 200)
  vendor.faults.clear()
  vendor.faults.down()
  assert.equal((await ask(vendor, '/organizations/12345')).status, 503)
  vendor.faults.clear()
  vendor.faults.tooManyRequests({ retryAfterSeconds: 7 })
  assert.equal((await ask(vendor, '/organizations')).headers.get('retry-after'), '7')
  vendor.faults.cut({ when: 'midway', times: 1 })
  await assert.rejects(ask(vendor, '/organizations'))
  assert.equal((await ask(vendor, '/organizations')).status, 200)
})

const program = fileURLToPath(new URL('./my-integration.ts', import.meta.url))

async function startProgram() {
  const child = spawn(process.execPath, [program, '--port', '0', '--api-key', 'X'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const { url } = z.object({ url: z.url() }).parse(JSON.parse(String(line)))
  return { child, url, ended: once(child, 'exit') }
}

test('as a program it prints its url, is steered over HTTP, and ends when its parent lets go of it', async () => {
  const { child, url, ended } = await startProgram()
  const control = (method: string, path: string, body?: object) =>
    fetch(`${url}/_control${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
  const status = async () => (await fetch(`${url}/organizations`, { headers: { authorization: 'Bearer X' } })).status
  assert.equal(await status(), 200)
  assert.equal((await control('POST', '/faults', { kind: 'down' })).status, 204)
  assert.equal(await status(), 503)
  assert.equal((await control('DELETE', '/faults')).status, 204)
  assert.equal((await control('POST', '/faults', { kind: 'unheard_of' })).status, 400)
  assert.equal((await control('POST', '/organizations/generate', { count: 10 })).status, 204)
  assert.equal((await control('PATCH', '/organizations/12345', { name: 'Acme Renamed' })).status, 204)
  assert.equal((await control('DELETE', '/organizations/1')).status, 404)
  assert.equal((await fetch(`${url}/organizations/12345`, { headers: { authorization: 'Bearer X' } })).status, 200)
  const requests = z.array(z.object({ path: z.string() })).parse(await (await control('GET', '/requests')).json())
  assert.deepEqual(
    requests.map(({ path }) => path),
    ['/organizations', '/organizations', '/organizations/12345'],
  )
  child.stdin.end()
  assert.deepEqual(await ended, [0, null])
})

test('as a program it ends on SIGTERM', async () => {
  const { child, ended } = await startProgram()
  child.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
})
