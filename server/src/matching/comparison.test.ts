import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bestCandidates, type Candidate, preselections, similarCandidates, sureCandidates } from './comparison.ts'
import { type Compared, indexExternal } from './external-index.ts'
import { normalName } from './normal-name.ts'
import { referencesOf } from './references.ts'
import { comparedName, similarity, vocabularyOf } from './trigrams.ts'

const external = (...names: string[]): Compared[] => names.map((name, place) => ({ id: `${place}`, name, domains: [] }))
const all = () => true

/** Everything that is proposed, as the list of matches has it. */
function proposed(organizations: Compared[], externals: Compared[], isFree: (id: string) => boolean = all) {
  const index = indexExternal(externals)
  const sure = new Map(organizations.map((organization) => [organization.id, sureCandidates(index, organization, isFree)]))
  const chosen = preselections(sure)
  return new Map(
    organizations.map((organization) => {
      const found: Candidate[] = [...(sure.get(organization.id) ?? []), ...similarCandidates(index, organization, isFree)]
      return [organization.id, { candidates: bestCandidates(found), preselected: chosen.get(organization.id) ?? null }]
    }),
  )
}
const one = (organization: Omit<Compared, 'id'>, externals: Compared[]) =>
  proposed([{ id: 'own', ...organization }], externals).get('own') ?? assert.fail()

test('case, accents, punctuation, "and", "The" and legal forms do not tell one name from another', () => {
  for (const [first, ...others] of [
    ['Acme', 'ACME, Inc.', 'Acme Ltd', 'acme limited', 'Acme L.L.C.', 'Acme Pty. Ltd.', 'Acme Corp', 'Acme Co., Ltd.', 'ACME plc'],
    ['Müller & Söhne', 'Muller und Sohne'.replace('und', 'and'), 'MÜLLER & SÖHNE GmbH & Co. KG', 'Müller + Söhne AG'],
    ['Générale', 'Generale S.A.', 'Generale SA', 'generale s. a. r. l.', 'Generale B.V.'],
    ['O’Brien', "O'Brien", 'OBrien'],
    ['The Brick', 'Brick', 'the brick company'],
    ['A.B.C. Plumbing', 'ABC Plumbing', 'A B C Plumbing LLC'],
    ['Straße', 'Strasse'],
    ['株式会社トヨタ', '株式会社トヨタ '],
  ])
    for (const other of others) assert.equal(normalName(other), normalName(first as string), other)
  for (const [first, second] of [
    ['Acme North', 'Acme South'],
    ['Limited', 'Company'],
    ['Acme 1', 'Acme 2'],
    ['Studio 5 4', 'Studio 54'],
    ['!!!', 'Acme'],
  ] as const)
    assert.notEqual(normalName(first), normalName(second))
})

test('a name of nothing but legal forms stays a name, and one without letters is like no other', () => {
  assert.deepEqual(['Limited', 'The Company'].map(normalName), ['limited', 'company'])
  assert.deepEqual(one({ name: '???', domains: [] }, external('!!!', 'Acme')).preselected, null)
})

test('the same domain, the same name and a similar name are proposed in this order', () => {
  const externals = [
    { id: 'similar', name: 'Northwind Trading', domains: [] },
    { id: 'name', name: 'NORTHWIND TRADERS LTD', domains: [] },
    { id: 'domain', name: 'NW Holding', domains: ['northwind.example'] },
    { id: 'none', name: 'Globex', domains: ['globex.example'] },
  ]
  const { candidates, preselected } = one({ name: 'Northwind Traders', domains: ['northwind.example'] }, externals)
  assert.deepEqual(
    candidates.map(({ id, reason }) => [id, reason]),
    [
      ['domain', 'same_domain'],
      ['name', 'same_name'],
      ['similar', 'similar_name'],
    ],
  )
  assert.equal(preselected, null, 'two are sure')
})

test('names with a letter wrong, a word more or words in another order are similar; others with a word in common are not', () => {
  const externals = external(
    'Umbrella Health',
    'Jones Smith LLP',
    'Springfield School District',
    'Alpine Services',
    'Globex Services',
    'Initech',
  )
  const similar = (name: string) => one({ name, domains: [] }, externals).candidates.map(({ id }) => externals[Number(id)]?.name)
  assert.deepEqual(similar('Umbrela Healthcare'), ['Umbrella Health'])
  assert.deepEqual(similar('Smith & Jones'), ['Jones Smith LLP'])
  assert.deepEqual(similar('Springfield'), ['Springfield School District'])
  assert.deepEqual(similar('Inetech'), ['Initech'])
  assert.deepEqual(similar('Zenith Services'), [])
})

test('only what is sure, alone and wanted by nobody else is chosen beforehand', () => {
  const acme = { id: 'a', name: 'Acme', domains: [] }
  assert.equal(proposed([acme], external('Acme Inc')).get('a')?.preselected, '0')
  assert.equal(proposed([acme], external('Acme Inc', 'Acme GmbH')).get('a')?.preselected, null)
  assert.equal(proposed([acme], external('Acme Industries')).get('a')?.preselected, null)
  const both = proposed([acme, { id: 'b', name: 'Acme Ltd', domains: [] }], external('Acme Inc'))
  assert.deepEqual([both.get('a')?.preselected, both.get('b')?.preselected, both.get('b')?.candidates.length], [null, null, 1])
  assert.equal(proposed([acme], external('Acme Inc', 'Acme GmbH'), (id) => id !== '0').get('a')?.preselected, '1')
})

test('an id in another system and a tenant are surer than any name, and what two have of one is for a person', () => {
  const tenant = 'tenant 8e1d907c-94a0-4f76-a312-8b97e523f354'
  const externals = [
    { id: 'named', name: 'Acme', domains: ['acme.example'] },
    { id: 'tenant', name: 'Globex', domains: [], references: [tenant] },
    { id: 'reference', name: 'Initech', domains: [], references: ['ninjaone 7'] },
  ]
  const acme = { name: 'Acme', domains: ['acme.example'] }
  const byTenant = { ...acme, references: [tenant, 'ninjaone 8'] }
  const { candidates, preselected } = one(byTenant, externals)
  assert.deepEqual(
    candidates.map(({ id, reason, shared }) => [id, reason, shared]),
    [
      ['tenant', 'same_tenant', tenant],
      ['named', 'same_domain', 'acme.example'],
    ],
  )
  assert.equal(preselected, 'tenant')
  assert.equal(one({ ...acme, references: ['ninjaone 7'] }, externals).preselected, 'reference')
  assert.equal(one({ ...acme, references: ['ninjaone 7', tenant] }, externals).preselected, null, 'they say different things')
  const both = proposed(
    [
      { ...byTenant, id: 'acme' },
      { ...byTenant, id: 'other', name: 'Other' },
    ],
    externals,
  )
  assert.deepEqual([both.get('acme')?.preselected, both.get('other')?.preselected], [null, null])
  const globex = proposed(
    [
      { ...byTenant, id: 'acme' },
      { id: 'globex', name: 'Globex', domains: [] },
    ],
    externals,
  )
  assert.deepEqual([globex.get('acme')?.preselected, globex.get('globex')?.preselected], ['tenant', null])
})

test('tenants and ids in other systems are read in any spelling, and zeros, blanks and other texts are none', () => {
  assert.deepEqual(
    referencesOf({
      tenant_ids: ['8E1D907C-94A0-4F76-A312-8B97E523F354 ', 'contoso.example', '00000000-0000-0000-0000-000000000000', 4],
      other_ids: { NinjaOne: ' 12', itglue: '0', datto: '', tenant: '5', hudu: 5 },
    }),
    ['tenant 8e1d907c-94a0-4f76-a312-8b97e523f354', 'ninjaone 12'],
  )
  assert.deepEqual(referencesOf({ tenant_ids: 'x', other_ids: ['y'] }), [])
})

test('a domain that many external organizations name belongs to none of them', () => {
  const named = (count: number) =>
    Array.from({ length: count }, (_, place) => ({ id: `${place}`, name: `Number ${place}`, domains: ['msp.example'] }))
  const own = { name: 'Our own company', domains: ['msp.example'] }
  assert.equal(one(own, named(20)).candidates.length, 5)
  assert.deepEqual(one(own, named(21)).candidates, [])
})

const word = fc.constantFrom('acme', 'north', 'wind', 'traders', 'smith', 'Jones', 'Blue', 'sky', 'dental', 'Ltd', 'GmbH', '&', 'Inc.', 'é')
const name = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
  fc.string({ minLength: 1, maxLength: 12 }),
)
const domains = fc.array(fc.constantFrom('a.example', 'b.example', 'c.example'), { maxLength: 2 })
const references = fc.array(fc.constantFrom('tenant 1', 'ninjaone 1', 'ninjaone 2'), { maxLength: 1 })
const list = (prefix: string) =>
  fc
    .array(fc.record({ name, domains, references }), { maxLength: 12 })
    .map((items) => items.map((item, place): Compared => ({ id: `${prefix}${place}`, ...item })))

test('two names are as similar as the other way round, and a name is to itself as similar as can be', () => {
  fc.assert(
    fc.property(name, name, fc.array(name), (first, second, others) => {
      const vocabulary = vocabularyOf([first, ...others].map(normalName))
      const [left, right] = [first, second].map((text) => comparedName(normalName(text), vocabulary)) as [never, never]
      assert.equal(similarity(left, right, vocabulary), similarity(right, left, vocabulary))
      assert.ok(Math.abs(similarity(left, left, vocabulary) - 1) < 1e-9)
    }),
  )
})

test('what is proposed does not depend on the order of either list', () => {
  const shuffled = fc.tuple(list('o'), list('x')).chain(([organizations, externals]) =>
    fc.record({
      organizations: fc.constant(organizations),
      externals: fc.constant(externals),
      otherOrganizations: fc.shuffledSubarray(organizations, { minLength: organizations.length }),
      otherExternals: fc.shuffledSubarray(externals, { minLength: externals.length }),
    }),
  )
  fc.assert(
    fc.property(shuffled, ({ organizations, externals, otherOrganizations, otherExternals }) => {
      const other = proposed(otherOrganizations, otherExternals)
      for (const [id, found] of proposed(organizations, externals)) assert.deepEqual(other.get(id), found)
    }),
  )
})

test('nobody is proposed an external organization that is held, and none is chosen for two', () => {
  fc.assert(
    fc.property(list('o'), list('x'), fc.func(fc.boolean()), (organizations, externals, isFree) => {
      const matches = [...proposed(organizations, externals, isFree).values()]
      for (const { candidates, preselected } of matches) {
        assert.ok(candidates.every(({ id }) => isFree(id)))
        assert.ok(preselected === null || candidates[0]?.id === preselected)
      }
      const chosen = matches.flatMap(({ preselected }) => preselected ?? [])
      assert.equal(new Set(chosen).size, chosen.length)
    }),
  )
})

test('the index finds what comparing each with each finds', () => {
  fc.assert(
    fc.property(list('o'), list('x'), (organizations, externals) => {
      const index = indexExternal(externals)
      for (const organization of organizations) {
        const own = normalName(organization.name)
        const expected = index.entries.flatMap((entry) => {
          const score = similarity(comparedName(own, index.vocabulary), entry, index.vocabulary)
          return entry.normalName !== own && score >= 0.55 ? [entry.id] : []
        })
        assert.deepEqual(
          similarCandidates(index, organization, all)
            .map(({ id }) => id)
            .sort(),
          expected.sort(),
        )
      }
    }),
  )
})
