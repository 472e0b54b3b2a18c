import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type JsonValue, VendorError } from '@crosswalk/sdk'
import { type MockContextOptions, mockContext } from '@crosswalk/sdk/testing'
import { type HaloOptions, startHaloSimulator } from '@crosswalk/simulators/halopsa'
import { HaloPsa } from './halopsa.ts'

async function givenHalo(options: HaloOptions & { config?: Record<string, JsonValue>; secret?: string } = {}) {
  const halo = await startHaloSimulator(options)
  const given: MockContextOptions = {
    secrets: { halopsa_client_secret: options.secret ?? halo.clientSecret },
    config: { halopsa_base_url: halo.url, halopsa_client_id: halo.clientId, ...options.config },
    integrations: [HaloPsa],
    wait: async () => {},
  }
  const mappings = [{ integrationName: 'halopsa', externalOrgId: '12', externalOrgName: 'Harbour Dental Ltd' }]
  const ctx = mockContext({ ...given, mappings })
  const integration = new HaloPsa(ctx)
  const list = async () => {
    const all = []
    for await (const page of integration.listOrganizations()) all.push(...page)
    return all
  }
  const mappingOf = (externalOrgId: string) =>
    ({ id: null, integrationName: 'halopsa', externalOrgId, externalOrgName: 'x', mappingData: {}, isActive: true }) as const
  const testOf = async (externalOrgId: string) => await integration.testConnection(mappingOf(externalOrgId))
  const client = await ctx.getIntegration(HaloPsa)
  const clientIn = async (workflowName: string) => await mockContext({ ...given, mappings, workflowName }).getIntegration(HaloPsa)
  return { halo, ctx, list, testOf, client, clientIn, [Symbol.asyncDispose]: halo.stop }
}

test('discovery lists all active clients with what they are matched by, in pages that are shorter than asked for', async () => {
  await using it = await givenHalo({ count: 250 })
  const listed = await it.list()
  assert.equal(listed.length, 250)
  const [harbour] = listed
  assert.deepEqual([harbour?.id, harbour?.name], ['12', 'Harbour Dental Ltd'])
  const knowTenants = listed.filter(({ match }) => (match?.tenantIds?.length ?? 0) > 0)
  assert.ok(knowTenants.length > 150, String(knowTenants.length))
  const berg = listed.find(({ name }) => name === 'Van der Berg Transport BV')
  assert.deepEqual(berg?.match?.domains, ['vdbtransport.example', 'vdbcoldchain.example'])
  assert.equal(it.halo.requests.filter(({ path }) => path === '/api/Client').length, 3)
  assert.equal(it.halo.counts.tokens, 1)
})

test('inactive clients are listed where the config says so, and marked', async () => {
  // Text, as the command of the page stores it.
  await using it = await givenHalo({ config: { halopsa_include_inactive: 'true' } })
  const listed = await it.list()
  assert.equal(listed.length, 41)
  assert.equal(listed.find(({ id }) => id === '11')?.metadata?.is_inactive, true)
})

test('the details of clients are read where the config says so: domains, ids in NinjaOne and former names', async () => {
  await using it = await givenHalo({ config: { halopsa_read_details: true } })
  // It vanishes between the list and its details.
  it.halo.faults.begin({ kind: 'error', status: 404, path: '/api/Client/13' })
  const listed = await it.list()
  assert.equal(listed.length, 40)
  assert.ok(listed.every(({ id, match }) => id === '13' || (match?.domains?.length ?? 0) > 0))
  const known = listed.flatMap(({ match }) => match?.otherIds?.ninjaone ?? [])
  assert.ok(known.length > 10 && known.every((id) => /^\d+$/.test(id)), String(known))
  assert.ok(listed.some(({ match }) => (match?.formerNames?.length ?? 0) > 0))
  const failing = await givenHalo({ config: { halopsa_read_details: true } })
  failing.halo.faults.begin({ kind: 'error', status: 500, path: '/api/Client/20' })
  await assert.rejects(failing.list(), { code: 'vendor_error' })
  await failing.halo.stop()
})

test('clients are listed without tenants where these may not be read, and the log says so', async () => {
  await using it = await givenHalo({ mayNotReadTenants: true })
  assert.equal((await it.list()).length, 40)
  assert.ok(it.ctx.logs.some(({ level, message }) => level === 'warn' && message.startsWith('Microsoft tenants could not be read')))
})

test('a list of which the total changes, a customer vanishes or a page repeats between pages is incomplete', async () => {
  for (const kind of ['total_changes', 'customer_vanishes', 'page_repeats'] as const) {
    await using it = await givenHalo({ count: 250 })
    it.halo.faults.begin({ kind, path: '/api/Client', ...(kind === 'customer_vanishes' ? { after: 1 } : {}) })
    await assert.rejects(it.list(), (error: unknown) => error instanceof VendorError && error.kind === 'incomplete', kind)
  }
})

test('a connection test names the client, and tells apart what can be wrong', async () => {
  await using it = await givenHalo()
  const good = await it.testOf('12')
  assert.deepEqual([good.success, good.message], [true, 'Successfully connected to Harbour Dental Ltd'])
  const kindOf = async (externalOrgId: string) => {
    const { success, details } = await it.testOf(externalOrgId)
    assert.equal(success, false)
    assert.ok(String(details?.guidance).length > 20)
    return details?.kind
  }
  assert.equal(await kindOf('999999'), 'not_found')
  assert.equal(await kindOf('acme'), 'not_found')
  assert.equal(await kindOf('11'), 'inactive')
  it.halo.faults.begin({ kind: 'forbidden', path: '/api/Client' })
  assert.equal(await kindOf('12'), 'permission')
  it.halo.faults.clear()
  it.halo.faults.begin({ kind: 'html', path: '/' })
  assert.equal(await kindOf('12'), 'invalid_response')
  it.halo.faults.clear()
  it.halo.faults.begin({ kind: 'error', status: 404, path: '/api/authinfo' })
  assert.equal(await kindOf('12'), 'invalid_response')
  it.halo.faults.clear()
  await it.halo.stop()
  assert.equal(await kindOf('12'), 'unavailable')
  await using wrong = await givenHalo({ secret: 'wrong' })
  const refused = await wrong.testOf('12')
  assert.equal(refused.details?.kind, 'credentials')
  assert.match(String(refused.details?.guidance), /client id and secret/)
})

test('a client gives what its client has, and nothing of another', async () => {
  await using it = await givenHalo()
  assert.equal((await it.client.getClient()).name, 'Harbour Dental Ltd')
  assert.ok((await it.client.listSites()).length > 0)
  const users = await it.client.listUsers()
  assert.ok(users.length > 3 && users.every(({ clientId }) => clientId === 12))
  assert.ok((await it.client.listAssets()).length > 0)
  assert.ok((await it.client.listAgents()).some(({ name }) => name === 'Robin Technician'))
  const someone = users.find(({ azureObjectId }) => azureObjectId !== null)
  assert.ok(someone?.azureObjectId && someone.email)
  assert.equal((await it.client.findUser({ azureObjectId: someone.azureObjectId }))?.id, someone.id)
  assert.equal((await it.client.findUser({ email: someone.email.toUpperCase() }))?.id, someone.id)
  assert.equal(await it.client.findUser({ azureObjectId: 'x', email: 'nobody@harbourdental.example' }), null)
  // 1301 is a ticket of the client 13.
  await assert.rejects(it.client.getTicket(1301), { code: 'vendor_error' })
  await assert.rejects(it.client.addNote(1301, { text: 'x' }), { code: 'vendor_error' })
})

test('tickets are made, changed and noted on', async () => {
  await using it = await givenHalo()
  const made = await it.client.createTicket({ summary: 'New laptop', details: 'For Ada', priorityId: 2 })
  assert.deepEqual([made.clientId, made.priorityId], [12, 2])
  assert.equal((await it.client.updateTicket(made.id, { summary: 'New laptops' })).summary, 'New laptops')
  await it.client.addNote(made.id, { text: 'Ordered', isVisibleToUser: true })
  assert.deepEqual(
    it.halo.findTicket(made.id)?.notes.map(({ note, isHidden }) => [note, isHidden]),
    [['Ordered', false]],
  )
  assert.ok((await it.client.listTickets({ isOpen: true })).some(({ id }) => id === made.id))
})

test('tickets have the source that the config names, unless the call names another', async () => {
  await using it = await givenHalo({ config: { halopsa_ticket_source_id: '31' } })
  const sourceOf = async (source: { source?: number }) => {
    const { ticketId } = await it.client.openOrUpdateTicket({ key: `${source.source}`, summary: 'Disk full', details: 'x', ...source })
    return it.halo.findTicket(ticketId)?.source
  }
  assert.deepEqual([await sourceOf({}), await sourceOf({ source: 22 })], [31, 22])
})

test('a subject has one open ticket: the first opens it with user and asset, the next adds a note, recovery closes it', async () => {
  await using it = await givenHalo()
  const [user] = await it.client.listUsers()
  const [asset] = await it.client.listAssets()
  assert.ok(user?.email && asset)
  const subject = {
    key: `disk full/${asset.name}`,
    summary: 'Disk full',
    details: 'C: has 2 % left',
    user: { email: user.email },
    assetIds: [asset.id],
    source: 22,
  }
  const opened = await it.client.openOrUpdateTicket(subject)
  assert.equal(opened.outcome, 'opened')
  const ticket = it.halo.findTicket(opened.ticketId)
  assert.deepEqual([ticket?.userId, ticket?.assetIds, ticket?.source], [user.id, [asset.id], 22])
  const again = await it.client.openOrUpdateTicket({ ...subject, note: 'Still full' })
  assert.deepEqual(again, { ticketId: opened.ticketId, outcome: 'updated' })
  assert.deepEqual(
    it.halo.findTicket(opened.ticketId)?.notes.map(({ note }) => note),
    ['Still full'],
  )
  const other = await it.client.openOrUpdateTicket({ ...subject, key: 'another subject' })
  assert.equal(other.outcome, 'opened')
  assert.deepEqual(await it.client.closeTicketsOf({ key: subject.key, note: 'There is room again' }), [opened.ticketId])
  assert.equal(it.halo.findTicket(opened.ticketId)?.statusId, 9)
  assert.deepEqual(await it.client.closeTicketsOf({ key: subject.key, note: 'x' }), [])
  assert.equal((await it.client.openOrUpdateTicket(subject)).outcome, 'opened')
})

test('user and asset are linked to a ticket that is open already where it has none, and what a person has set stays', async () => {
  await using it = await givenHalo()
  const users = await it.client.listUsers()
  const [user, other] = users.filter(({ email }) => email !== null)
  const [asset, another] = await it.client.listAssets()
  assert.ok(user?.email && other?.siteId && asset && another)
  const subject = { key: 'disk full', summary: 'Disk full', details: 'C: has 2 % left' }
  const known = { ...subject, user: { email: user.email }, assetIds: [asset.id] }
  const { ticketId } = await it.client.openOrUpdateTicket(subject)
  const linked = () => {
    const ticket = it.halo.findTicket(ticketId)
    return [ticket?.userId, ticket?.siteId, ticket?.assetIds]
  }
  const general = users.find(({ name }) => name === 'General User')
  assert.deepEqual(linked(), [general?.id, general?.siteId, []], 'what HaloPSA writes where nobody is given')

  assert.deepEqual(await it.client.openOrUpdateTicket({ ...known, note: 'Still full' }), { ticketId, outcome: 'updated' })
  assert.deepEqual(linked(), [user.id, user.siteId, [asset.id]])
  const ticket = it.halo.findTicket(ticketId)
  assert.deepEqual([ticket?.details, ticket?.notes.map(({ note }) => note)], [subject.details, ['Still full']])
  assert.equal((await it.client.getTicket(ticketId)).userName, user.name)

  // A person says that it is about somebody and something else.
  await it.client.updateTicket(ticketId, { userId: other.id, siteId: other.siteId, assetIds: [another.id] })
  await it.client.openOrUpdateTicket(known)
  assert.deepEqual(linked(), [other.id, other.siteId, [another.id]])

  // One of both is there already, and nobody is found for the other.
  await it.client.updateTicket(ticketId, { userId: general?.id ?? 0, siteId: other.siteId })
  await it.client.openOrUpdateTicket({ ...known, user: { email: 'nobody@elsewhere.example' } })
  assert.deepEqual(linked(), [general?.id, other.siteId, [another.id]])
  await it.client.openOrUpdateTicket(known)
  assert.deepEqual(linked(), [user.id, user.siteId, [another.id]])
})

test('two workflows that use the same key have a ticket each, and one works on the other only where it names it', async () => {
  await using it = await givenHalo()
  const [backup, monitor] = [await it.clientIn('check_backups'), await it.clientIn('monitor_servers')]
  const subject = { key: 'HAR-SRV-001', summary: 'Server', details: 'x' }
  const first = await backup.openOrUpdateTicket(subject)
  const second = await monitor.openOrUpdateTicket(subject)
  assert.deepEqual([first.outcome, second.outcome], ['opened', 'opened'])
  assert.notEqual(first.ticketId, second.ticketId)
  const isClosed = (ticketId: number) => it.halo.findTicket(ticketId)?.statusId === 9
  const notesOf = (ticketId: number) => it.halo.findTicket(ticketId)?.notes.map(({ note }) => note)

  assert.deepEqual(await monitor.closeTicketsOf({ key: subject.key, note: 'Up' }), [second.ticketId])
  assert.deepEqual([isClosed(first.ticketId), isClosed(second.ticketId)], [false, true])
  const ofBackup = { key: subject.key, workflow: 'check_backups' }
  const noted = await monitor.openOrUpdateTicket({ ...subject, ...ofBackup, note: 'Seen by the monitor' })
  assert.deepEqual([noted, notesOf(first.ticketId)], [{ ticketId: first.ticketId, outcome: 'updated' }, ['Seen by the monitor']])
  assert.deepEqual(await monitor.closeTicketsOf({ ...ofBackup, note: 'Up' }), [first.ticketId])
  // Opened for another, it is the other's.
  const { ticketId } = await monitor.openOrUpdateTicket({ ...subject, ...ofBackup })
  assert.equal((await backup.openOrUpdateTicket(subject)).ticketId, ticketId)
  assert.deepEqual(await monitor.closeTicketsOf({ key: subject.key, note: 'Up' }), [])
  assert.deepEqual(await it.client.closeTicketsOf({ key: subject.key, note: 'Up' }), [], 'outside of workflows')
})

test('a ticket that is open from before the mark named a workflow is noted on and closed, and no second one is opened', async () => {
  await using it = await givenHalo()
  const subject = { key: 'backup failed/HAR-SRV-001', summary: 'Backup failed', details: 'x' }
  // Edited by a person since.
  const open = () => it.client.createTicket({ summary: 'Backup failed [cw-ec75d18bd3] [urgent]', details: 'Last night' })
  for (const name of ['check_backups', 'monitor_servers']) {
    const { id } = await open()
    const client = await it.clientIn(name)
    assert.deepEqual(await client.openOrUpdateTicket(subject), { ticketId: id, outcome: 'updated' })
    assert.equal(it.halo.findTicket(id)?.notes.length, 1)
    assert.deepEqual(await client.closeTicketsOf({ key: subject.key, note: 'Well' }), [id])
  }
})

test('a new ticket is found with the mark from before too, by workers that are not upgraded yet', async () => {
  await using it = await givenHalo()
  const client = await it.clientIn('check_backups')
  const { ticketId } = await client.openOrUpdateTicket({ key: 'backup failed/HAR-SRV-001', summary: 'Backup failed', details: 'x' })
  assert.match((await client.getTicket(ticketId)).summary, /^Backup failed \[cw-ec75d18bd3\] \[cw-[0-9a-f]{6}\]$/)
})

test('of two calls that open a ticket at the same time, one ticket stays open', async () => {
  await using it = await givenHalo()
  const subject = { key: 'backup', summary: 'Backup failed', details: 'Last night' }
  const outcomes = await Promise.all([it.client.openOrUpdateTicket(subject), it.client.openOrUpdateTicket(subject)])
  const open = (await it.client.listTickets({ isOpen: true })).filter(({ summary }) => summary.startsWith('Backup failed'))
  assert.equal(open.length, 1)
  assert.ok(outcomes.some(({ ticketId }) => ticketId === open[0]?.id))
})

test('a token that dies in the middle is renewed once, and the list is whole', async () => {
  await using it = await givenHalo({ count: 250 })
  it.halo.faults.begin({ kind: 'token_dies', path: '/api/Client', after: 1 })
  assert.equal((await it.list()).length, 250)
  assert.equal(it.halo.counts.tokens, 2)
})
