import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import {
  BaseIntegration,
  describeIntegration,
  type IntegrationClass,
  isCrosswalkError,
  isIntegrationClass,
  parseMappingData,
  supportsDiscovery,
} from './index.ts'

class Plain extends BaseIntegration<object> {
  static integrationName = 'plain'
  getClient() {
    return {}
  }
  async testConnection() {
    return { success: true, message: 'ok' }
  }
}

class Full extends Plain {
  static integrationName = 'full'
  static displayName = 'Full'
  static mappingData = z.object({ region: z.string().default('eu') })
  static secrets = { full_key: { label: 'Key', required: true } }
  static timeoutsMs = { discovery: 5_000 }
  supportsOrgMapping() {
    return true
  }
  async listOrganizations() {
    return []
  }
}

test('a class is described with its statics and defaults', () => {
  const { mappingData, ...plain } = describeIntegration(Plain)
  assert.equal(mappingData, null)
  assert.deepEqual(plain, {
    kind: 'integration',
    name: 'plain',
    displayName: 'plain',
    description: '',
    supportsOrgMapping: false,
    supportsDiscovery: false,
    secrets: [],
    config: [],
    hosts: null,
    credentials: 'read',
    connections: [],
    sharedExternalOrgs: false,
    discoveryCacheSeconds: 3_600,
    timeoutsMs: {},
    unrecorded: [],
    recorded: [],
  })
  const full = describeIntegration(Full)
  assert.deepEqual([full.supportsOrgMapping, full.supportsDiscovery, full.displayName], [true, true, 'Full'])
  assert.deepEqual(full.secrets, [{ key: 'full_key', label: 'Key', required: true, description: null }])
})

test('discovery counts when an ancestor defines it', () => {
  class Child extends Full {}
  assert.ok(supportsDiscovery(Child) && !supportsDiscovery(Plain))
})

test('only classes below BaseIntegration are integrations', () => {
  assert.ok(isIntegrationClass(Plain) && isIntegrationClass(Full))
  assert.ok(!isIntegrationClass(BaseIntegration) && !isIntegrationClass(class {}) && !isIntegrationClass({}))
})

test('a class with bad statics is refused with its name', () => {
  const described = (statics: object) => () => describeIntegration(Object.assign(class Bad extends Plain {}, statics) as IntegrationClass)
  assert.throws(described({}), (error) => {
    assert.ok(isCrosswalkError(error, 'definition_invalid'))
    assert.match(error.message, /integration class Bad has no static integrationName of its own\. Give it one/)
    return true
  })
  // @ts-expect-error it has neither getClient nor testConnection
  class Silent extends BaseIntegration {
    static integrationName = 'silent'
  }
  assert.throws(() => describeIntegration(Silent), /does not define getClient\(mapping\)\. Add it: what it returns/)
  assert.throws(described({ integrationName: 'Halo PSA' }), /Perhaps 'halo_psa'/)
  assert.throws(described({ integrationName: 'ok', secrets: { '1key': { label: 'x' } } }), /key in secrets/)
  assert.throws(described({ integrationName: 'ok', mappingData: z.string() }), /mappingData/)
  assert.throws(described({ integrationName: 'ok', discoveryCacheSeconds: -1 }), /discoveryCacheSeconds/)
  for (const host of ['https://api.example.com', 'api.example.com:443', '*', 'a.*.com', '', 7])
    assert.throws(described({ integrationName: 'ok', hosts: [host] }), /in hosts\. Write names such as api\.example\.com/, String(host))
  assert.throws(described({ integrationName: 'ok', credentials: 'none' }), /credentials 'none'; it must be 'named' or 'read'/)
  assert.deepEqual(described({ integrationName: 'ok', hosts: ['API.Example.com.', '*.example.org'] })().hosts, [
    'api.example.com',
    '*.example.org',
  ])
  class Asking extends Plain {
    static integrationName = 'asking'
    supportsOrgMapping() {
      return this.context.org !== null
    }
  }
  assert.throws(() => describeIntegration(Asking), /without its context/)
})

test('mapping data gets its defaults and keeps keys that the schema does not know', () => {
  assert.deepEqual(parseMappingData(Full, { later: 1 }), { region: 'eu', later: 1 })
  assert.throws(
    () => parseMappingData(Full, { region: 5 }),
    (error) => isCrosswalkError(error, 'validation_failed'),
  )
})
