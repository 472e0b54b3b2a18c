import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Grant } from '../access/grants.ts'
import { type Identity, principalOf } from '../access/principal.ts'
import { builtInRole } from '../access/roles.ts'
import { newId } from '../platform/ids.ts'
import type { Approvers } from './approval.ts'
import { type Decider, isSeenBy, verdictOf } from './verdict.ts'

const [acme, globex] = [newId(), newId()]
const asker = { type: 'person', id: 'ann' } as const

const grant = (role: string, limits?: Grant['limits'], organizations = [acme]): Grant => ({
  role: builtInRole(role) ?? assert.fail(role),
  reach: { organizations },
  ...(limits ? { limits } : {}),
})

async function decider(
  grants: readonly Grant[],
  more: { id?: string; email?: string; cappedBy?: readonly Grant[] } = {},
): Promise<Decider & { origins: { type: 'person'; id: string }[] }> {
  const actor = { type: 'person' as const, id: more.id ?? 'ben', name: 'Ben' }
  const cappedBy: Identity | undefined = more.cappedBy && { actor, grants: more.cappedBy }
  const principal = await principalOf(async () => [], { actor, grants, cappedBy }, 'canApprove')
  return { principal, origins: [{ type: actor.type, id: actor.id }], people: [principal], email: more.email ?? null }
}
const asked = (approvers: Partial<Approvers> | null = null, mayRequester = false) => ({
  organizationId: acme,
  workflowName: 'offboard',
  approvers: approvers && { people: [], roles: [], customer: false, ...approvers },
  mayRequester,
  requesters: [asker],
})

test('who decides: each role, each way of asking', async () => {
  const customer = { customer: true }
  const technicians = { roles: ['technician'] }
  const ben = { people: ['ben@msp.example'] }
  const rows: [who: string, decider: Decider, expected: Record<'nobody named' | 'customer' | 'role' | 'person', string>][] = [
    [
      'technician',
      await decider([grant('technician')]),
      { 'nobody named': 'may', customer: 'not_asked', role: 'may', person: 'not_asked' },
    ],
    [
      'engineer',
      await decider([grant('engineer')]),
      { 'nobody named': 'may', customer: 'not_asked', role: 'not_asked', person: 'not_asked' },
    ],
    [
      'administrator',
      await decider([grant('administrator')]),
      { 'nobody named': 'may', customer: 'not_asked', role: 'not_asked', person: 'not_asked' },
    ],
    [
      'named',
      await decider([grant('technician')], { email: 'ben@msp.example' }),
      { 'nobody named': 'may', customer: 'not_asked', role: 'may', person: 'may' },
    ],
    [
      'viewer, named',
      await decider([grant('viewer')], { email: 'ben@msp.example' }),
      { 'nobody named': 'not_asked', customer: 'not_asked', role: 'not_asked', person: 'not_asked' },
    ],
    [
      'customer',
      await decider([grant('customer_user')]),
      { 'nobody named': 'not_asked', customer: 'may', role: 'not_asked', person: 'not_asked' },
    ],
    [
      'customer, named',
      await decider([grant('customer_user')], { email: 'ben@msp.example' }),
      { 'nobody named': 'not_asked', customer: 'may', role: 'not_asked', person: 'may' },
    ],
    [
      'customer elsewhere',
      await decider([grant('customer_user', undefined, [globex])], { email: 'ben@msp.example' }),
      { 'nobody named': 'not_asked', customer: 'not_asked', role: 'not_asked', person: 'not_asked' },
    ],
    [
      'for another workflow',
      await decider([grant('technician', { workflows: ['onboard'] })]),
      { 'nobody named': 'not_asked', customer: 'not_asked', role: 'not_asked', person: 'not_asked' },
    ],
    [
      'for this workflow',
      await decider([grant('technician', { workflows: ['offboard'] })]),
      { 'nobody named': 'may', customer: 'not_asked', role: 'may', person: 'not_asked' },
    ],
    // A key with a role that its maker has by another one.
    [
      'key of an engineer',
      await decider([grant('technician')], { cappedBy: [grant('engineer')] }),
      { 'nobody named': 'may', customer: 'not_asked', role: 'not_asked', person: 'not_asked' },
    ],
    [
      'key of a technician',
      await decider([grant('technician')], { cappedBy: [grant('technician')] }),
      { 'nobody named': 'may', customer: 'not_asked', role: 'may', person: 'not_asked' },
    ],
  ]
  for (const [who, given, expected] of rows)
    assert.deepEqual(
      {
        'nobody named': verdictOf(given, asked()),
        customer: verdictOf(given, asked(customer)),
        role: verdictOf(given, asked(technicians)),
        person: verdictOf(given, asked(ben)),
      },
      expected,
      who,
    )
})

test('who started it is not the one, unless the workflow says so', async () => {
  const ann = await decider([grant('technician')], { id: 'ann' })
  assert.equal(verdictOf(ann, asked()), 'own_request')
  assert.equal(verdictOf(ann, asked(null, true)), 'may')
  assert.equal(verdictOf(ann, asked({ customer: true })), 'not_asked')
})

test('none of those behind a key decides what one of them started, and the key is nobody by name', async () => {
  const ben = await decider([grant('technician')], { email: 'ben@msp.example' })
  const known: Decider = { ...ben, origins: [...ben.origins, asker] }
  assert.equal(verdictOf(known, asked()), 'own_request')
  const started = { ...asked(), requesters: [{ type: 'person', id: 'eve' } as const, { type: 'person', id: 'ben' } as const] }
  assert.equal(verdictOf(ben, started), 'own_request')
  assert.equal(verdictOf(ben, { ...started, mayRequester: true }), 'may')
  const others: Decider = { ...ben, origins: [...ben.origins, { type: 'person', id: 'eve' }] }
  assert.deepEqual(
    [asked(), asked({ people: ['ben@msp.example'] }), asked({ roles: ['technician'] })].map((one) => verdictOf(others, one)),
    ['may', 'not_asked', 'not_asked'],
  )
})

test('the customer is who has forms there, nothing else anywhere, and organizations by name', async () => {
  const customer = asked({ customer: true })
  const user = builtInRole('customer_user') ?? assert.fail()
  const approver: Grant['role'] = { name: 'approver', permissions: new Set(['canApprove']) }
  const of = async (...grants: Grant[]) => verdictOf(await decider(grants), customer)
  assert.equal(await of(grant('customer_user')), 'may')
  assert.equal(await of(grant('customer_user'), { role: approver, reach: { organizations: [acme] } }), 'may')
  for (const grants of [
    [{ role: approver, reach: { all: true as const } }],
    [{ role: approver, reach: { organizations: [acme] } }],
    [{ role: user, reach: { all: true as const } }],
    [{ role: user, reach: { allBut: [globex] } }],
    [grant('customer_user'), { role: approver, reach: { all: true as const } }],
    [grant('customer_user'), { role: approver, reach: { tags: ['gold'] } }],
    [grant('customer_user'), grant('viewer', undefined, [globex])],
  ])
    assert.equal(await of(...grants), 'not_asked', JSON.stringify(grants))
})

test('a key is the customer’s where everybody behind it is', async () => {
  const key = await decider([grant('customer_user')])
  const [customer, technician] = [await decider([grant('customer_user')]), await decider([grant('technician')])]
  const askedOf = (people: readonly Decider[], origins: Decider['origins'] = key.origins) =>
    verdictOf({ ...key, origins, people: people.map(({ principal }) => principal) }, asked({ customer: true }))
  assert.equal(askedOf([customer]), 'may')
  assert.equal(askedOf([technician]), 'not_asked')
  assert.equal(askedOf([customer, technician], [...key.origins, { type: 'person', id: 'eve' }]), 'not_asked')
  assert.equal(askedOf([], [{ type: 'api_key', id: 'of the installation' }]), 'not_asked')
})

test('the provider sees what is asked of others, and a customer what is asked of them', async () => {
  const [technician, viewer, customer] = await Promise.all(['technician', 'viewer', 'customer_user'].map((role) => decider([grant(role)])))
  const seen = (given: Decider | undefined) => given && [isSeenBy(given, asked()), isSeenBy(given, asked({ customer: true }))]
  assert.deepEqual(
    [seen(technician), seen(viewer), seen(customer)],
    [
      [true, true],
      [false, false],
      [false, true],
    ],
  )
})
