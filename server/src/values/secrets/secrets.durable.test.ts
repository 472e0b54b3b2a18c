import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenDatabase } from '../../../testing/given-database.ts'
import { givenMasterKey, givenOrganization } from '../../../testing/given-installation.ts'
import { givenRequestContext, runningFor } from '../../../testing/given-requests.ts'
import { systemActing } from '../../audit/audit.ts'
import { nothingSeen } from '../../engine/state/requests.ts'
import type { Organization } from '../../organizations/organizations.ts'
import { newId } from '../../platform/ids.ts'
import { openKeyring } from './keyring.ts'
import { SecretText } from './secret-text.ts'
import { secretRequests } from './secrets.durable.ts'
import { secretError, setSecret } from './secrets.ts'

async function given() {
  const db = await givenDatabase()
  const keyring = await openKeyring(db, givenMasterKey())
  const [request] = secretRequests(keyring, async () => {})
  assert.ok(request)
  const masked: string[] = []
  const seen = nothingSeen()
  const ask = (organization: Organization | null, args: unknown) => {
    const execution = runningFor(organization?.id ?? null)
    const context = givenRequestContext({ db, execution, seen, mask: (value) => void masked.push(value) })
    return request.handle(context, args)
  }
  const acme = await givenOrganization(db, 'Acme')
  const set = (organizationId: string | null, text: string) =>
    setSecret(db, keyring, systemActing, { key: 'halo_key', organizationId, value: new SecretText(text) })
  return { request, masked, ask, acme, set, [Symbol.asyncDispose]: () => db[Symbol.asyncDispose]() }
}

test("getSecret answers an execution with its organization's value, and has it masked from then on", async () => {
  await using it = await given()
  await it.set(null, 'for all')
  await it.set(it.acme.id, 'for Acme')
  assert.equal(it.request.name, 'getSecret')
  assert.equal(it.request.isRecorded, false)
  assert.equal(await it.ask(it.acme, { key: 'halo_key' }), 'for Acme')
  assert.equal(await it.ask(null, { key: 'halo_key' }), 'for all')
  assert.deepEqual(it.masked, ['for Acme', 'for all'])
})

test('a secret that is not set is an error that says where it was looked for and how to set it', async () => {
  await using it = await given()
  await assert.rejects(it.ask(it.acme, { key: 'halo_key' }), (error) => {
    assert.ok(secretError.is(error, 'secret_not_found'))
    for (const part of ["'halo_key'", "'Acme'", 'the global scope', 'under Secrets & config', 'crosswalk secrets set halo_key'])
      assert.ok(error.message.includes(part), error.message)
    assert.deepEqual(error.details, { key: 'halo_key', scopes: ['organization', 'global'], org_id: it.acme.id })
    return true
  })
  await assert.rejects(
    it.ask(null, { key: 'halo_key' }),
    (error) => secretError.is(error, 'secret_not_found') && !error.message.includes('organization'),
  )
})

test('arguments that author code could not have sent by the SDK are refused', async () => {
  await using it = await given()
  for (const args of [undefined, null, {}, { key: 7 }, { key: "x' or 1=1" }, { key: 'halo_key', organizationId: newId() }])
    await assert.rejects(it.ask(it.acme, args))
})
