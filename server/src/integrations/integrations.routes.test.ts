import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenApi, integrationDefinition, principalFor } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { systemActing } from '../audit/audit.ts'
import { upsertConnection } from '../credentials/connections/connections.queries.ts'
import { type IntegrationDefinition, publishDefinitions } from '../definitions/definitions.ts'
import type { Organization } from '../organizations/organizations.ts'
import { inScope } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { setConfig } from '../values/config/config.ts'
import { SecretText } from '../values/secrets/secret-text.ts'
import { setSecret } from '../values/secrets/secrets.ts'

async function givenTwoIntegrations() {
  const api = await givenApi()
  await publishDefinitions(api.db, {
    definitions: [integrationDefinition('halo'), integrationDefinition('ninja', { supportsDiscovery: false })],
    problems: [
      { kind: 'integration', file: 'integrations/broken.ts', reason: 'Cannot find package x.' },
      { kind: 'workflow', file: 'workflows/broken.ts', reason: 'Its name is taken.' },
    ],
    codeVersion: 'v1',
  })
  const acme = await givenOrganization(api.db, 'Acme')
  return { api, acme }
}

test('integrations are listed with the fields of the contract, and with the files that failed to load', async () => {
  const { api } = await givenTwoIntegrations()
  await using _ = api
  const { status, body } = await api.send('GET', '/integrations')
  assert.equal(status, 200)
  assert.deepEqual(
    { count: body.count, next_cursor: body.next_cursor, problems: body.problems },
    { count: 2, next_cursor: null, problems: [{ file: 'integrations/broken.ts', reason: 'Cannot find package x.' }] },
  )
  assert.deepEqual(body.integrations[0], {
    name: 'halo',
    display_name: 'HALO',
    description: '',
    supports_org_mapping: true,
    supports_discovery: true,
    shared_external_orgs: false,
    mapping_data_schema: { type: 'object' },
    credentials: 'read',
    connections: [],
    required_secrets: [{ key: 'halo_api_key', label: 'API key', required: true, description: null, is_set: false }],
    required_config: [{ key: 'halo_api_url', label: 'API URL', required: false, description: null, is_set: false }],
    discovery_cache_seconds: 3600,
    file: 'integrations/halo.ts',
    is_ready_made: false,
    is_on: true,
    is_connected: false,
  })
})

test('is_set looks at the global values, and with org_id at the organization’s own as well', async () => {
  const { api, acme } = await givenTwoIntegrations()
  await using _ = api
  await setSecret(api.db, api.keyring, systemActing, { key: 'halo_api_key', organizationId: acme.id, value: new SecretText('k') })
  await setConfig(api.db, systemActing, { key: 'halo_api_url', organizationId: null, value: 'https://halo.example' })
  const isSet = async (query: string) => {
    const { body } = await api.send('GET', `/integrations/halo${query}`)
    return [body.required_secrets[0].is_set, body.required_config[0].is_set]
  }
  assert.deepEqual(await isSet(''), [false, true])
  assert.deepEqual(await isSet(`?org_id=${acme.id.toUpperCase()}`), [true, true])
})

test('pages of integrations follow each other by name', async () => {
  const { api } = await givenTwoIntegrations()
  await using _ = api
  const first = await api.send('GET', '/integrations?limit=1')
  const second = await api.send('GET', `/integrations?limit=1&cursor=${first.body.next_cursor}`)
  assert.deepEqual(
    [first, second].map(({ body }) => [body.integrations[0].name, body.next_cursor === null]),
    [
      ['halo', false],
      ['ninja', true],
    ],
  )
})

test('an integration that is not there is 404 with the names that are', async () => {
  const { api } = await givenTwoIntegrations()
  await using _ = api
  assert.equal((await api.send('GET', '/integrations/acme%00')).status, 400)
  const { status, body } = await api.send('GET', '/integrations/acme')
  assert.equal(status, 404)
  assert.equal(body.error, 'integration_not_found')
  assert.deepEqual(body.details.available, ['halo', 'ninja'])
})

test('integrations are for those who work with them, and another organization’s values are not found', async () => {
  const { api, acme } = await givenTwoIntegrations()
  await using _ = api
  const globex = await givenOrganization(api.db, 'Globex')
  for (const path of ['/integrations', '/integrations/halo']) {
    assert.equal((await api.as(undefined)('GET', path)).status, 401)
    assert.equal((await api.as(principalFor([acme], 'canViewHistory'))('GET', `${path}?org_id=${acme.id}`)).status, 200)
    assert.equal((await api.as(principalFor([acme]))('GET', path)).status, 403)
    const other = await api.as(principalFor([acme], 'canViewHistory'))('GET', `${path}?org_id=${globex.id}`)
    assert.deepEqual([other.status, other.body.error], [404, 'organization_not_found'])
    assert.equal((await api.send('GET', `${path}?org_id=nonsense`)).status, 400)
    assert.equal((await api.send('GET', `${path}?org_id=01990000-0000-7000-8000-000000000000`)).body.error, 'organization_not_found')
  }
})

test('one that comes along is switched off and on for everything that uses it, and keeps its mappings', async () => {
  await using api = await givenApi()
  const file = '@crosswalk/integrations/halo/halo.ts'
  await publishDefinitions(api.db, {
    definitions: [integrationDefinition('halo', { file }), integrationDefinition('own')],
    problems: [],
    codeVersion: 'v1',
  })
  const { id } = await givenOrganization(api.db, 'Acme')
  const organization = `/organizations/${id}/integrations`
  const mapping = await api.send('POST', organization, { integration_name: 'halo', external_org_id: '1' })
  const turn = (name: string, is_on: boolean, send = api.send) => send('PATCH', `/integrations/${name}`, { is_on })
  assert.deepEqual([(await turn('halo', false)).body.is_on, (await turn('halo', false)).body.is_on], [false, false])
  assert.equal((await api.send('GET', '/integrations')).body.integrations[0].is_on, false)
  for (const [method, path] of [
    ['GET', '/integrations/halo/discover'],
    ['POST', `${organization}/${mapping.body.id}/test`],
  ] as const) {
    const { status, body } = await api.send(method, path)
    assert.deepEqual([status, body.error], [409, 'integration_switched_off'], path)
  }
  assert.equal((await api.send('GET', organization)).body.mappings.length, 1)
  assert.equal((await turn('halo', true)).body.is_on, true)
  const { events } = (await api.send('GET', '/audit')).body
  const acts = (events as { action: string }[]).map(({ action }) => action).filter((action) => action.includes('switched'))
  assert.deepEqual(acts, ['integration.switched_on', 'integration.switched_off'])
  assert.equal((await turn('own', false)).body.error, 'integration_not_ready_made')
  assert.equal((await turn('none', false)).body.error, 'integration_not_found')
  assert.equal((await turn('halo', false, api.as(principalFor([{ id } as Organization], 'canManageConfig')))).status, 403)
})

test('one whose connection nobody has made is not connected: each organization sees its own, and nobody learns of others', async () => {
  await using api = await givenApi()
  const urls = { authorizeUrl: 'https://books.example/authorize', tokenUrl: 'https://books.example/token', clientId: 'crosswalk' }
  const connection = (name: string, owner: 'global' | 'organization') =>
    ({ ...urls, name, label: `The ${name}`, owner }) as NonNullable<IntegrationDefinition['connections']>[number] // as far as it is looked at
  const definition = (name: string, owner: 'global' | 'organization') =>
    integrationDefinition(name, { secrets: [], config: [], connections: [connection('account', owner)] })
  await publishDefinitions(api.db, {
    definitions: [definition('books', 'organization'), definition('partner', 'global')],
    problems: [],
    codeVersion: 'v1',
  })
  const [acme, globex] = [await givenOrganization(api.db, 'Acme'), await givenOrganization(api.db, 'Globex')]
  const connect = (integrationName: string, organizationId: string | null) =>
    inScope(api.db, 'allOrganizations', (transaction) =>
      upsertConnection(transaction, {
        ...{ id: newId(), integrationName, name: 'account', organizationId, mappingId: null },
        ...{ externalId: null, connectedBy: 'Ada' },
      }),
    )
  const isConnected = async (path: string, send = api.send) => {
    const { is_connected, connections } = (await send('GET', `/integrations/${path}`)).body
    assert.equal(connections[0].is_connected, is_connected)
    return is_connected
  }
  assert.deepEqual(
    (await api.send('GET', '/integrations')).body.integrations.map((one: { is_connected: boolean }) => one.is_connected),
    [false, false],
  )
  await connect('books', acme.id)
  await connect('partner', null)
  const ofGlobex = api.as(principalFor([globex], 'canViewHistory'))
  assert.deepEqual(
    await Promise.all([
      ...[isConnected('books'), isConnected(`books?org_id=${acme.id}`), isConnected(`books?org_id=${globex.id}`)],
      ...[isConnected('books', ofGlobex), isConnected('partner', ofGlobex), isConnected(`partner?org_id=${globex.id}`)],
    ]),
    [true, true, false, false, true, true],
  )
})
