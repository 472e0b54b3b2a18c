import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mockContext } from '@crosswalk/sdk/testing'
import { ExampleVendor } from '../integrations/example-vendor.ts'
import { startExampleVendor } from '../simulators/example-vendor.ts'

const mapping = {
  integrationName: 'example_vendor',
  externalOrgId: '1',
  externalOrgName: 'Acme Corp',
}
const settings = (url: string, key = 'a key') => ({
  secrets: { example_vendor_api_key: key },
  config: { example_vendor_url: url },
})

test('it lists all organizations, though the vendor gives fewer a page than it is asked for', async () => {
  await using vendor = await startExampleVendor()
  const pages = await Array.fromAsync(new ExampleVendor(mockContext(settings(vendor.url))).listOrganizations())
  assert.deepEqual(
    pages.flat().map(({ id, name }) => `${id} ${name}`),
    ['1 Acme Corp', '2 Wayne Enterprises', '3 Stark Industries'],
  )
})

test('its client reads the users of the mapped organization', async () => {
  await using vendor = await startExampleVendor()
  const ctx = mockContext({ ...settings(vendor.url), mappings: [mapping], integrations: [ExampleVendor] })
  const users = await (await ctx.getIntegration(ExampleVendor)).listUsers()
  assert.deepEqual(
    users.map(({ name }) => name),
    ['Ada Lovelace'],
  )
})

test('a connection test says whom it reached, or why it failed', async () => {
  await using vendor = await startExampleVendor()
  const tested = (key: string) =>
    new ExampleVendor(mockContext(settings(vendor.url, key))).testConnection({ ...mapping, id: null, mappingData: {}, isActive: true })
  assert.deepEqual(await tested('a key'), { success: true, message: 'Reached Acme Corp' })
  const refused = await tested('another key')
  assert.equal(refused.success, false)
  assert.match(refused.message, /The API key is not valid/)
})
