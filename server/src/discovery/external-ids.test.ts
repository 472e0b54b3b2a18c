import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenVendor } from '../../testing/given-discovery.ts'
import { givenOrganization } from '../../testing/given-installation.ts'

const strange = ["o'brien", 'a<b', 'say "hi"', '<script>alert(1)</script>', ' 12 ', 'ü/é?#%', '𝒜'.repeat(200), '../..', 'null', '0']

test('whatever a vendor sends as an id is discovered, matched and mapped under the one rule, alone and with others', async () => {
  await using given = await givenVendor()
  const names = strange.map((_, index) => `Customer ${index}`)
  const made = []
  for (const name of names) made.push(await givenOrganization(given.db, name))
  given.vendor.pages = [strange.map((id, index) => ({ id, name: `Customer ${index}` }))]
  const { status, body } = await given.discover()
  assert.equal(status, 200, JSON.stringify(body))
  const listed: { id: string }[] = body.organizations
  assert.deepEqual(
    listed.map(({ id }) => id),
    strange,
  )
  const matches = (await given.send('GET', '/integrations/halo/matches?limit=200')).body.matches as { preselected: string | null }[]
  assert.deepEqual(new Set(matches.map(({ preselected }) => preselected)), new Set(strange))
  const [first, ...others] = made
  const alone = await given.send('POST', `/organizations/${first?.id}/integrations`, {
    integration_name: 'halo',
    external_org_id: strange[0],
  })
  assert.deepEqual([alone.status, alone.body.external_org_id], [201, strange[0]])
  const lines = others.map(({ id }, index) => ({ org_id: id, external_org_id: strange[index + 1] }))
  const many = await given.send('POST', '/integrations/halo/mappings', { mappings: lines })
  assert.equal(many.status, 201, JSON.stringify(many.body))
  const found = (await given.send('GET', `/mappings?search=${encodeURIComponent(strange[3] ?? '')}`)).body.mappings
  assert.deepEqual(
    found.map((mapping: { external_org_id: string }) => mapping.external_org_id),
    [strange[3]],
  )
})

test('a blank id, a control character and a number that is not exact are refused, and the number is named', async () => {
  await using given = await givenVendor()
  const { id } = await givenOrganization(given.db, 'Acme')
  for (const external_org_id of ['', ' ', '\u00a0\u200b\u2003', 'a\u0007', '\ud800', 'x'.repeat(201), 42, null, ['1']]) {
    const answer = await given.send('POST', `/organizations/${id}/integrations`, { integration_name: 'halo', external_org_id })
    assert.deepEqual([answer.status, Object.keys(answer.body.details)], [400, ['external_org_id']], JSON.stringify(external_org_id))
    const many = await given.send('POST', '/integrations/halo/mappings', { mappings: [{ org_id: id, external_org_id }] })
    assert.equal(many.status, 400, JSON.stringify(external_org_id))
  }
  const answer = await given.send('POST', `/organizations/${id}/integrations`, { integration_name: 'halo', external_org_id: 2 ** 53 + 2 })
  assert.match(answer.body.message, /the number 9007199254740994, which cannot be kept exactly\. Send it as text/)
})
