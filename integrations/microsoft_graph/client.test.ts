import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { isCrosswalkError } from '@crosswalk/sdk'
import { type GraphSimulator, startGraphSimulator } from '@crosswalk/simulators/microsoft-graph'
import { clientOf, mainTenant } from './given.ts'

let graph: GraphSimulator
before(async () => {
  graph = await startGraphSimulator({ maxPageSize: 5 })
})
after(() => graph.stop())
beforeEach(() => {
  graph.faults.clear()
  graph.batchChildren.clear()
})

const kindOf = (kind: string) => (error: unknown) => isCrosswalkError(error, 'vendor_error') && error.details.kind === kind

test('lists are read to their end, and users come with what people look for', async () => {
  const tenant = mainTenant(graph)
  const client = await clientOf(graph, tenant)
  const users = await client.listUsers()
  assert.equal(users.length, tenant.users.size)
  const [first] = users
  assert.deepEqual([first?.accountEnabled, first?.usageLocation, first?.assignedLicenses.length], [true, tenant.countryLetterCode, 1])
  assert.equal(await client.countUsers(), tenant.users.size)
  const disabled = await client.listUsers({ filter: 'accountEnabled ne true' })
  assert.equal(disabled.length, [...tenant.users.values()].filter(({ accountEnabled }) => accountEnabled === false).length)
  const surname = first?.surname ?? ''
  assert.ok((await client.listUsers({ search: surname })).some(({ id }) => id === first?.id))
  assert.equal((await client.getUser(first?.userPrincipalName ?? '')).id, first?.id)
  assert.equal(await client.findUser('nobody@nowhere.example'), null)
  await assert.rejects(client.getUser('nobody@nowhere.example'), kindOf('not_found'))
  assert.equal((await client.listDevices()).length, tenant.devices.size)
  assert.deepEqual(
    (await client.listDomains()).map(({ id }) => id),
    tenant.domains,
  )
})

test('products have the names that people know, and say how many are free', async () => {
  const tenant = mainTenant(graph)
  const licenses = await (await clientOf(graph, tenant)).listLicenses()
  assert.ok(
    licenses.every(({ product, skuPartNumber }) => product !== skuPartNumber),
    JSON.stringify(licenses),
  )
  const [first] = licenses
  assert.equal(first?.free, (first?.total ?? 0) - (first?.used ?? 0))
})

test('a user is created, changed, licensed and put into groups, and each of it may be repeated', async () => {
  const tenant = mainTenant(graph)
  const client = await clientOf(graph, tenant)
  const [license] = (await client.listLicenses()).filter(({ free }) => free > 0)
  const userPrincipalName = `o'neil@${tenant.domains[0]}`
  const created = await client.createUser({ userPrincipalName, displayName: "Sam O'Neil", usageLocation: 'GB' })
  assert.deepEqual([created.userPrincipalName, created.accountEnabled, created.usageLocation], [userPrincipalName, true, 'GB'])
  assert.ok(!JSON.stringify(created).includes('assword'))
  await client.updateUser(created.id, { jobTitle: 'Clerk' })
  await client.assignLicenses(created.id, { add: [license?.skuId ?? ''] })
  await client.resetPassword(created.id, 'A-new-password-1')
  const user = await client.getUser(created.id)
  assert.deepEqual([user.jobTitle, user.assignedLicenses], ['Clerk', [license?.skuId]])

  const groups = (await client.listGroups()).filter(({ groupTypes }) => !groupTypes.includes('DynamicMembership'))
  const dynamic = (await client.listGroups()).find(({ groupTypes }) => groupTypes.includes('DynamicMembership'))
  const ids = groups.map(({ id }) => id)
  assert.ok((await client.addToGroups(created.id, ids)).every(({ outcome }) => outcome === 'changed'))
  const again = await client.addToGroups(created.id, [...ids, dynamic?.id ?? ''])
  assert.deepEqual(
    again.map(({ outcome }) => outcome),
    [...ids.map(() => 'was_so'), 'failed'],
  )
  assert.ok((await client.listMembers(ids[0] ?? '')).some(({ id, kind }) => id === created.id && kind === 'user'))
  assert.ok((await client.removeFromGroups(created.id, ids)).every(({ outcome }) => outcome === 'changed'))

  await client.revokeSessions(created.id)
  await client.disableUser(created.id)
  assert.equal((await client.getUser(created.id)).accountEnabled, false)
  await client.deleteUser(created.id)
  assert.equal(await client.findUser(created.id), null)
})

test('a child that was refused for now is read back before it is made again', async () => {
  const tenant = mainTenant(graph)
  const client = await clientOf(graph, tenant)
  const [user] = await client.listUsers({ filter: 'accountEnabled eq true' })
  const all = (await client.listGroups()).filter(({ groupTypes }) => groupTypes.length === 0).map(({ id }) => id)
  const before = new Set((await client.listGroupsOf(user?.id ?? '')).map(({ id }) => id))
  const [first = '', second = ''] = all.filter((id) => !before.has(id))
  assert.ok(first && second, 'two groups that the user is not in')
  const isAdd = (groupId: string) => (method: string, url: string) => method === 'POST' && url.includes(groupId)
  graph.batchChildren.failNext({ matches: isAdd(first), isCarriedOut: true, retryAfterSeconds: 0 })
  graph.batchChildren.failNext({ matches: isAdd(second), isCarriedOut: false, retryAfterSeconds: 0 })
  const from = graph.requests.length
  const changes = await client.addToGroups(user?.id ?? '', [first, second])
  assert.deepEqual(
    changes.map(({ outcome }) => outcome),
    ['changed', 'changed'],
  )
  const added = graph.requests.slice(from).filter(({ method, path }) => method === 'POST' && path.endsWith('/$ref'))
  assert.deepEqual(
    added.map(({ path }) => path.split('/')[3]),
    [first, second],
    'each once: what was carried out is not made again',
  )
})

test('what is refused to the end is read back too: it may have happened the last time', async () => {
  const tenant = mainTenant(graph)
  const client = await clientOf(graph, tenant)
  const [user] = await client.listUsers({ filter: 'accountEnabled eq true' })
  const userId = user?.id ?? ''
  const all = (await client.listGroups()).filter(({ groupTypes }) => groupTypes.length === 0).map(({ id }) => id)
  await client.removeFromGroups(userId, all)
  const [last = '', never = ''] = all
  const isAdd = (groupId: string) => (method: string, url: string) => method === 'POST' && url.includes(groupId)
  graph.batchChildren.failNext({ matches: isAdd(last), isCarriedOut: false, retryAfterSeconds: 0 }, 3)
  graph.batchChildren.failNext({ matches: isAdd(last), isCarriedOut: true, retryAfterSeconds: 0 })
  graph.batchChildren.failNext({ matches: isAdd(never), isCarriedOut: false, retryAfterSeconds: 0 }, 4)
  const changes = await client.addToGroups(userId, [last, never])
  assert.deepEqual(
    changes.map(({ outcome }) => outcome),
    ['changed', 'failed'],
  )
})

test('any number of calls go twenty at a time, each with its own outcome', async () => {
  const tenant = mainTenant(graph)
  const client = await clientOf(graph, tenant)
  const [id] = [...tenant.users.keys()]
  const from = graph.requests.length
  const calls = Array.from({ length: 23 }, (_, index) => ({
    method: 'GET' as const,
    path: index === 5 ? '/users/nobody' : `/users/${id}?$select=id`,
  }))
  const outcomes = await client.batch(calls)
  assert.equal(graph.requests.slice(from).filter(({ path }) => path === '/v1.0/$batch').length, 2)
  assert.deepEqual(outcomes[5], {
    status: 'failed',
    httpStatus: 404,
    code: 'Request_ResourceNotFound',
    message: outcomes[5]?.status === 'failed' ? outcomes[5].message : '',
  })
  assert.equal(outcomes.filter(({ status }) => status === 'done').length, 22)
})

test('a token that dies in the middle is renewed, and one that is refused is an error of its kind', async () => {
  const tenant = mainTenant(graph)
  const client = await clientOf(graph, tenant)
  await client.listDomains()
  graph.faults.begin({ kind: 'token_dies', after: 1 })
  assert.equal((await client.listUsers()).length, tenant.users.size)
  graph.faults.begin({ kind: 'html' })
  await assert.rejects(client.listDomains(), kindOf('invalid_response'))
})

test('a client in a log line shows its tenant and nothing else', async () => {
  const tenant = mainTenant(graph)
  assert.equal(JSON.stringify(await clientOf(graph, tenant)), JSON.stringify({ tenantId: tenant.id }))
})
