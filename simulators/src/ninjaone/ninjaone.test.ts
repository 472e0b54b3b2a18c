import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { type NinjaOptions, startNinjaSimulator } from './ninjaone.ts'

async function givenNinja(options: NinjaOptions = {}) {
  const ninja = await startNinjaSimulator(options)
  const tokenWith = (fields: object) =>
    fetch(`${ninja.url}/ws/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: ninja.clientId,
        client_secret: ninja.clientSecret,
        scope: 'monitoring management',
        ...fields,
      }),
    })
  const { access_token } = z.object({ access_token: z.string() }).parse(await (await tokenWith({})).json())
  const ask = async (path: string) => {
    const response = await fetch(`${ninja.url}/v2${path}`, { headers: { authorization: `Bearer ${access_token}` } })
    return { status: response.status, body: (await response.json()) as unknown }
  }
  return { ninja, ask, tokenWith, [Symbol.asyncDispose]: ninja.stop }
}

const ids = z.array(z.object({ id: z.int() })).transform((items) => items.map(({ id }) => id))

test('lists continue after the last id, in pages that are shorter than asked for, until one is empty', async () => {
  await using it = await givenNinja({ count: 230 })
  const seen: number[] = []
  for (let page = ids.parse((await it.ask('/organizations?pageSize=1000')).body); page.length > 0; ) {
    assert.ok(page.length <= 100)
    seen.push(...page)
    page = ids.parse((await it.ask(`/organizations?pageSize=1000&after=${seen.at(-1)}`)).body)
  }
  assert.equal(seen.length, it.ninja.organizations.list().length)
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
  )
})

test('an organization has devices, locations and end users; its second entry has none', async () => {
  await using it = await givenNinja()
  const [first, second] = it.ninja.organizations.list().filter(({ customer }) => customer.number === 12)
  assert.ok(first && second)
  for (const what of ['devices', 'locations', 'end-users']) {
    assert.ok(ids.parse((await it.ask(`/organization/${first.id}/${what}`)).body).length > 0, what)
    assert.deepEqual((await it.ask(`/organization/${second.id}/${what}`)).body, [], what)
  }
  const [device] = ids.parse((await it.ask(`/organization/${first.id}/devices`)).body)
  const detailed = z.object({ organizationId: z.int(), system: z.object({ serialNumber: z.string() }) })
  assert.equal(detailed.parse((await it.ask(`/device/${device}`)).body).organizationId, first.id)
})

test('alerts name a device and no organization', async () => {
  await using it = await givenNinja()
  const alerts = z.array(z.object({ uid: z.string(), deviceId: z.int() }).loose()).parse((await it.ask('/alerts')).body)
  assert.ok(alerts.length > 0)
  assert.ok(alerts.every((alert) => !('organizationId' in alert)))
})

test('it words its refusals', async () => {
  await using it = await givenNinja()
  assert.deepEqual(await (await it.tokenWith({ client_secret: 'wrong' })).json(), { error: 'invalid_client' })
  assert.equal((await it.tokenWith({ scope: '' })).status, 400)
  const missing = z.object({ resultCode: z.string(), errorMessage: z.string() }).parse((await it.ask('/organization/1')).body)
  assert.equal(missing.resultCode, 'NOT_FOUND')
})
