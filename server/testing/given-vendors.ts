import assert from 'node:assert/strict'
import { type Simulation, type SimulationOptions, simulations } from '@crosswalk/simulators/simulate'
import { testAdminKey } from './test-app.ts'
import { createTestDatabase } from './test-database.ts'
import { endProcess, startApiProcess, startWorkerProcess } from './worker-process.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test reads any answer's JSON and asserts what it needs of it
export type Json = any

export type GivenVendors = {
  /** Calls the API as its administrator. */
  call(method: string, path: string, body?: unknown, organizationId?: string): Promise<{ status: number; body: Json }>
  /** The same, and returns the body. It has to succeed. */
  send(method: string, path: string, body?: unknown, organizationId?: string): Promise<Json>
  /** Starts a vendor and stores what connects its integration. */
  connect(name: string, options: SimulationOptions): Promise<Simulation>
} & AsyncDisposable

/** An API and a worker as they are for real use, with the integrations that come along, the gateway between them and vendors on loopback. */
export async function givenVendors(workspace?: string): Promise<GivenVendors> {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await createTestDatabase())
  const options = { env: { CROSSWALK_INTEGRATIONS: 'all' }, ...(workspace === undefined ? {} : { workspace }) }
  const api = await startApiProcess(database.url, options)
  parts.defer(() => endProcess(api.child, 'SIGTERM'))
  const worker = await startWorkerProcess(database.url, options)
  parts.defer(() => endProcess(worker, 'SIGTERM'))

  const call: GivenVendors['call'] = async (method, path, body, organizationId) => {
    const response = await fetch(`${api.url}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${testAdminKey}`,
        ...(organizationId === undefined ? {} : { 'x-organization-id': organizationId }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }
  const send: GivenVendors['send'] = async (...asked) => {
    const answer = await call(...asked)
    assert.ok(answer.status < 300, JSON.stringify(answer.body))
    return answer.body
  }
  const held = parts.move()
  return {
    call,
    send,
    async connect(name, vendorOptions) {
      const start = simulations[name]
      assert.ok(start, name)
      const vendor = await start(vendorOptions)
      held.defer(() => vendor.stop())
      for (const [key, value] of Object.entries(vendor.config)) await send('PUT', `/config/${key}`, { value, scope: 'global' })
      for (const [key, value] of Object.entries(vendor.secrets)) await send('POST', '/secrets', { key, value, scope: 'global' })
      return vendor
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
