import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { givenPublished, integrationDefinition } from '../../testing/given-definitions.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { createTestApp } from '../../testing/test-app.ts'
import { systemActing } from '../audit/audit.ts'
import { type Database, inScope, sql } from '../platform/database/database.ts'
import { DomainError } from '../platform/errors.ts'
import { setMapping } from './mapping-setting.ts'
import { updateTestResult } from './mappings.queries.ts'
import { createMapping, deleteMapping, listMappings, type Mapping, updateMapping } from './mappings.ts'

type Organization = 0 | 1
type Integration = 'exclusive' | 'shared'
type Content = { externalOrgId: string; externalOrgName: string; mappingData: { tier?: string } }
type Known = Content & { organization: Organization; integration: Integration; isActive: boolean; test: boolean | null }

/** `which` picks one of the mappings that there are, and does nothing while there is none. */
type Call =
  | { type: 'create'; organization: Organization; integration: Integration; content: Partial<Content> & { externalOrgId: string } }
  | {
      type: 'set'
      organization: Organization
      integration: Integration
      which: number | undefined
      content: Partial<Content> & { externalOrgId: string }
    }
  | { type: 'patch'; which: number; content: Partial<Content>; isActive: boolean | undefined }
  | { type: 'delete'; which: number }
  | { type: 'test'; which: number; success: boolean }

/** What should come of the calls: the rules, written down once more and without a database. */
class Model {
  readonly mappings: Known[] = []

  /** @returns the code of the failure, or undefined where the call must succeed */
  apply(call: Call): string | undefined {
    if (call.type === 'create') return this.#create(call)
    if (call.type === 'set') return this.#set(call)
    const known = this.pick(call.which)
    if (!known) return undefined
    if (call.type === 'delete') return this.#change(known, { isActive: false })
    if (call.type === 'patch') return this.#change(known, patchOf(known, call.content, call.isActive))
    known.test = call.success
    return undefined
  }

  pick(which: number): Known | undefined {
    return this.mappings[which % Math.max(1, this.mappings.length)]
  }

  #create({ organization, integration, content }: Extract<Call, { type: 'create' }>): string | undefined {
    const { externalOrgId, externalOrgName = externalOrgId, mappingData = {} } = content
    const wanted: Known = { organization, integration, externalOrgId, externalOrgName, mappingData, isActive: true, test: null }
    const conflict = this.#conflict(wanted, undefined)
    if (!conflict) this.mappings.push(wanted)
    return conflict
  }

  #set(call: Extract<Call, { type: 'set' }>): string | undefined {
    const { organization, integration, content } = call
    const active = this.mappings.filter(
      (known) => known.organization === organization && known.integration === integration && known.isActive,
    )
    const named = call.which === undefined ? undefined : this.pick(call.which)
    if (named && (named.organization !== organization || named.integration !== integration)) return 'mapping_not_found'
    const target = named ?? (active.length === 1 ? active[0] : undefined)
    if (target) return this.#change(target, patchOf(target, content, true))
    const { externalOrgId, externalOrgName = externalOrgId, mappingData = {} } = content
    const isThere = active.some(
      (known) =>
        JSON.stringify([known.externalOrgId, known.externalOrgName, known.mappingData]) ===
        JSON.stringify([externalOrgId, externalOrgName, mappingData]),
    )
    return isThere ? undefined : this.#create({ type: 'create', organization, integration, content })
  }

  #change(known: Known, patch: Partial<Known>): string | undefined {
    const wanted = { ...known, ...patch }
    const conflict = wanted.isActive ? this.#conflict(wanted, known) : undefined
    if (conflict) return conflict
    const isSame = wanted.externalOrgId === known.externalOrgId && JSON.stringify(wanted.mappingData) === JSON.stringify(known.mappingData)
    Object.assign(known, wanted, isSame ? {} : { test: null })
    return undefined
  }

  #conflict(wanted: Known, except: Known | undefined): string | undefined {
    const others = this.mappings.filter(
      (known) =>
        known !== except && known.isActive && known.integration === wanted.integration && known.externalOrgId === wanted.externalOrgId,
    )
    if (others.some((known) => known.organization === wanted.organization)) return 'mapping_exists'
    return wanted.integration === 'exclusive' && others.length > 0 ? 'external_org_taken' : undefined
  }
}

function patchOf(known: Known, content: Partial<Content>, isActive: boolean | undefined): Partial<Known> {
  const externalOrgId = content.externalOrgId ?? known.externalOrgId
  const externalOrgName = content.externalOrgName ?? (externalOrgId === known.externalOrgId ? known.externalOrgName : externalOrgId)
  return { externalOrgId, externalOrgName, mappingData: content.mappingData ?? known.mappingData, isActive: isActive ?? known.isActive }
}

/** Does the call for real. `ids` are those of the model's mappings, in its order. */
async function perform(db: Database, organizations: string[], ids: string[], model: Model, call: Call): Promise<string | undefined> {
  const idOf = (known: Known) => ids[model.mappings.indexOf(known)] as string
  try {
    if (call.type === 'create' || call.type === 'set') {
      const draft = { integrationName: call.integration, ...call.content }
      const organization = organizations[call.organization] as string
      const named = call.type === 'set' && call.which !== undefined ? model.pick(call.which) : undefined
      const mapping = await (call.type === 'create'
        ? createMapping(db, systemActing, organization, draft)
        : setMapping(db, systemActing, organization, { ...draft, mappingId: named && idOf(named) }))
      if (!ids.includes(mapping.id)) ids.push(mapping.id)
      return undefined
    }
    const known = model.pick(call.which)
    if (!known) return undefined
    const [id, organizationId] = [idOf(known), organizations[known.organization] as string]
    if (call.type === 'delete') await deleteMapping(db, systemActing, organizationId, id)
    else if (call.type === 'patch') await updateMapping(db, systemActing, organizationId, id, { ...call.content, isActive: call.isActive })
    else {
      const tested = { id, organizationId, externalOrgId: known.externalOrgId, mappingData: known.mappingData }
      await inScope(db, { organizationId }, (transaction) =>
        updateTestResult(transaction, tested, { success: call.success, message: '', details: {} }),
      )
    }
    return undefined
  } catch (error) {
    if (error instanceof DomainError) return error.code
    throw error
  }
}

const externalOrgId = fc.constantFrom('1', '2', '3')
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const content = fc.record(
  { externalOrgId, externalOrgName: fc.constantFrom('A', 'B'), mappingData: fc.constantFrom({}, { tier: 'a' }) },
  { requiredKeys: ['externalOrgId'] },
)
const place = { organization: fc.constantFrom<Organization>(0, 1), integration: fc.constantFrom<Integration>('exclusive', 'shared') }
const which = fc.nat(20)
const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('create' as const), ...place, content }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('set' as const), ...place, which: optional(which), content }) },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('patch' as const),
        which,
        content: fc.record({ externalOrgId, externalOrgName: fc.constantFrom('A', 'B') }, { requiredKeys: [] }),
        isActive: optional(fc.boolean()),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), which }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('test' as const), which, success: fc.boolean() }) },
  ),
  { maxLength: 30 },
)

const shown = (mapping: Mapping) => ({
  externalOrgId: mapping.externalOrgId,
  externalOrgName: mapping.externalOrgName,
  mappingData: mapping.mappingData,
  isActive: mapping.isActive,
  test: mapping.lastTest?.success ?? null,
})
const expected = ({ externalOrgId, externalOrgName, mappingData, isActive, test }: Known) => ({
  externalOrgId,
  externalOrgName,
  mappingData,
  isActive,
  test,
})

test('whatever is called in whatever order, mappings are what the rules say', async () => {
  await using app = await createTestApp()
  const { db } = app
  await givenPublished(db, integrationDefinition('exclusive'), integrationDefinition('shared', { sharedExternalOrgs: true }))
  const organizations = [(await givenOrganization(db, 'Acme')).id, (await givenOrganization(db, 'Globex')).id]
  const given = fc.asyncProperty(calls, async (sequence) => {
    await inScope(db, 'allOrganizations', (transaction) => transaction.query(sql`delete from organization_mappings`))
    const model = new Model()
    const ids: string[] = []
    for (const call of sequence) {
      const happened = await perform(db, organizations, ids, model, call)
      assert.equal(happened, model.apply(call), JSON.stringify(call))
    }
    for (const [index, organizationId] of organizations.entries()) {
      const mappings = await listMappings(db, organizationId, {
        isActiveOnly: false,
        integrationName: undefined,
        afterId: undefined,
        limit: 100,
      })
      assert.deepEqual(mappings.map(shown), model.mappings.filter(({ organization }) => organization === index).map(expected))
    }
  })
  await fc.assert(given, { numRuns: 100 })
})
