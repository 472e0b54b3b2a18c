import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCrosswalkError, type JsonObject } from '@crosswalk/sdk'
import { checkMicrosoftConsent } from '../workflows/check-microsoft-consent.ts'
import { offboardUser } from '../workflows/offboard-user.ts'
import { onboardUser } from '../workflows/onboard-user.ts'
import { undoUserChanges } from '../workflows/undo-user-changes.ts'
import { givenMicrosoft, startMicrosoftAndHalo } from './given-microsoft.ts'

const newcomer = { given_name: 'Zoë', surname: "O'Neil", job_title: 'Clerk' }

type World = Awaited<ReturnType<typeof startMicrosoftAndHalo>>

/** A template with a product that is free and a group that can be joined. */
function templateOf({ tenant }: World) {
  const [sku] = tenant.skus
  const group = [...tenant.groups.values()].find(({ groupTypes }) => Array.isArray(groupTypes) && groupTypes.length === 0)
  return { licenses: [sku?.skuPartNumber ?? ''], groups: [String(group?.displayName)] }
}

function skuIdsOf({ assignedLicenses }: JsonObject): unknown[] {
  return Array.isArray(assignedLicenses) ? assignedLicenses.map((license) => (license as JsonObject).skuId) : []
}

/** Somebody with a license who may sign in. */
function somebodyIn({ tenant }: World) {
  const user = [...tenant.users.values()].find(
    ({ accountEnabled, assignedLicenses }) => accountEnabled === true && Array.isArray(assignedLicenses) && assignedLicenses.length > 0,
  )
  if (!user) throw new Error('Nobody in this tenant has a license.')
  return user
}

/** A distribution list, which Graph shows and Exchange keeps. */
function givenExchangeList({ tenant }: World, userId: string) {
  tenant.groups.set('newsletter', {
    id: 'newsletter',
    displayName: 'Newsletter',
    groupTypes: [],
    mailEnabled: true,
    securityEnabled: false,
  })
  tenant.members.set('newsletter', new Set([userId]))
}

test("onboard_user makes a user by the customer's template and lists every change, in the ticket too", async () => {
  await using world = await startMicrosoftAndHalo()
  const ctx = givenMicrosoft(world, { config: { onboarding_template: templateOf(world) } })
  const result = await onboardUser(ctx, newcomer)
  assert.equal(result.user_principal_name, `zoe.oneil@${world.tenant.domains[0]}`)
  assert.deepEqual(
    result.changes.map(({ change }) => change),
    ['user_created', 'license_assigned', 'group_joined'],
  )
  const made = world.tenant.users.get(result.user_id)
  assert.deepEqual([made?.displayName, made?.usageLocation, made?.jobTitle], ["Zoë O'Neil", world.tenant.countryLetterCode, 'Clerk'])
  const ticket = world.halo.findTicket(result.ticket_id ?? 0)
  assert.match(
    `${ticket?.summary}\n${ticket?.details}`,
    /New user Zoë O'Neil[\s\S]*- Created the user zoe\.oneil@[\s\S]*- Gave the license Microsoft[\s\S]*- Put into the group/,
  )
  assert.ok(!JSON.stringify([result, ctx.steps, ctx.logs]).includes('Aa1!'), 'the password is nowhere')
})

test('run again it changes nothing and opens no second ticket; what is missing is added', async () => {
  await using world = await startMicrosoftAndHalo()
  const onboarding_template = templateOf(world)
  const first = await onboardUser(givenMicrosoft(world, { config: { onboarding_template } }), newcomer)
  const again = await onboardUser(givenMicrosoft(world, { config: { onboarding_template } }), newcomer)
  assert.deepEqual([again.user_id, again.changes, again.ticket_id], [first.user_id, [], null])
  world.tenant.members
    .get(first.changes.flatMap((each) => (each.change === 'group_joined' ? each.group_id : []))[0] ?? '')
    ?.delete(first.user_id)
  const third = await onboardUser(givenMicrosoft(world, { config: { onboarding_template } }), newcomer)
  assert.deepEqual([third.changes.map(({ change }) => change), third.ticket_id], [['group_joined'], first.ticket_id])
  assert.match(
    world.halo.findTicket(first.ticket_id ?? 0)?.notes.at(-1)?.note ?? '',
    /was there already\. See that it is not somebody else/,
  )
  const blocked = world.tenant.users.get(first.user_id)
  assert.ok(blocked)
  blocked.accountEnabled = false
  const { problems } = await onboardUser(givenMicrosoft(world, { config: { onboarding_template } }), newcomer)
  assert.match(problems.join(), /its sign-in is blocked/)
})

test('a process that is lost in the middle makes no second user, wherever it is lost', async () => {
  await using world = await startMicrosoftAndHalo()
  const ctx = () => givenMicrosoft(world, { config: { onboarding_template: templateOf(world) } })
  const steps = await (async () => {
    const probe = ctx()
    const { changes } = await onboardUser(probe, newcomer)
    await undoUserChanges(probe, { changes })
    return probe.steps.map(({ name }) => name)
  })()
  const create = steps.indexOf('create user') + 1
  for (const step of [create, create + 1, create + 2]) {
    const result = await ctx().replayAfterCrash((life) => onboardUser(life, newcomer), { step })
    const made = [...world.tenant.users.values()].filter(({ displayName }) => displayName === "Zoë O'Neil")
    assert.deepEqual(
      made.map(({ id }) => id),
      [result.user_id],
      `lost at step ${step}`,
    )
    assert.deepEqual(result.changes.map(({ change }) => change).slice(0, 2), ['user_created', 'license_assigned'])
    await undoUserChanges(ctx(), { changes: result.changes })
  }
})

test('a user name is made of letters from a to z, and asked for where there are none', async () => {
  await using world = await startMicrosoftAndHalo()
  const before = world.tenant.users.size
  const onboard = (given: Parameters<typeof onboardUser>[1]) => onboardUser(givenMicrosoft(world), given)
  for (const named of [
    { given_name: '李', surname: '明' },
    { given_name: 'Anna', surname: '明' },
    { given_name: ' ', surname: 'Berg' },
    { given_name: '-', surname: 'Berg' },
    { given_name: 'Anna', surname: 'Berg', user_name: '.' },
    { given_name: 'Anna', surname: 'Berg', user_name: 'anna.' },
  ])
    await assert.rejects(onboard(named), (error) => isCrosswalkError(error, 'validation_failed'), JSON.stringify(named))
  assert.equal(world.tenant.users.size, before)
  const names = [
    await onboard({ given_name: 'Søren', surname: 'Weiß-Łukasz ' }),
    await onboard({ given_name: '李', surname: '明', user_name: 'ming.li' }),
  ].map(({ user_principal_name }) => user_principal_name.split('@')[0])
  assert.deepEqual(names, ['soren.weiss-lukasz', 'ming.li'])
})

test('without a free license nobody is made, and the sentence says what to do', async () => {
  await using world = await startMicrosoftAndHalo()
  for (const sku of world.tenant.skus) sku.enabled = 0
  const before = world.tenant.users.size
  const onboarding = onboardUser(givenMicrosoft(world, { config: { onboarding_template: templateOf(world) } }), newcomer)
  await assert.rejects(onboarding, /No license of .* is free: all 0 are used\. Buy one/)
  assert.equal(world.tenant.users.size, before)
})

test('offboard_user blocks a leaver, takes licenses and groups, and everything can be taken back', async () => {
  await using world = await startMicrosoftAndHalo()
  const leaver = somebodyIn(world)
  const id = String(leaver.id)
  const groupsOf = () => [...world.tenant.members].filter(([, members]) => members.has(id)).map(([group]) => group)
  const [groups, licenses] = [groupsOf(), leaver.assignedLicenses]
  givenExchangeList(world, id)
  const kept = await offboardUser(givenMicrosoft(world), { user: id, when: 'now' })
  assert.deepEqual([leaver.accountEnabled, leaver.assignedLicenses], [false, licenses])
  assert.ok(leaver.lastPasswordChangeDateTime, 'the old password is worth nothing')
  const byHand = [/make it a shared one in the Exchange admin center/, /^Hide .*@.* from the address list/, /these lists .*: Newsletter\.$/]
  for (const [index, note] of byHand.entries()) assert.match(kept.by_hand[index] ?? '', note)
  const told = world.halo.findTicket(kept.ticket_id ?? 0)?.details ?? ''
  assert.ok(
    [/Blocked the sign-in/, /Replaced the password/].every((line) => line.test(told)) && kept.by_hand.every((line) => told.includes(line)),
  )
  const again = await offboardUser(givenMicrosoft(world), { user: id, when: 'now' })
  assert.deepEqual([again.changes, again.problems, again.ticket_id], [[], [], null], 'run again it changes nothing and tells nothing')
  const freed = await offboardUser(givenMicrosoft(world), { user: id, when: 'now', keep_mailbox: false })
  assert.deepEqual(
    [leaver.assignedLicenses, freed.changes.every(({ change }) => change === 'license_removed'), freed.ticket_id],
    [[], true, kept.ticket_id],
  )
  const { kept: notUndone } = await undoUserChanges(givenMicrosoft(world), { changes: [...kept.changes, ...freed.changes] })
  assert.deepEqual(
    notUndone.map(({ change }) => change.change),
    ['password_replaced', 'sessions_ended'],
  )
  const notes = (world.halo.findTicket(kept.ticket_id ?? 0)?.notes ?? []).map(({ note }) => note).join('\n')
  assert.match(notes, /Taken back:\n[\s\S]*- Blocked the sign-in[\s\S]*Not taken back:\n[\s\S]*The old password cannot be brought back/)
  assert.deepEqual([leaver.accountEnabled, groupsOf().filter((group) => group !== 'newsletter')], [true, groups])
  assert.deepEqual(new Set(skuIdsOf(leaver)), new Set(skuIdsOf({ assignedLicenses: licenses })))
})

test('of somebody who comes from a directory on premises it says what to do there, and does the rest', async () => {
  await using world = await startMicrosoftAndHalo()
  const leaver = somebodyIn(world)
  leaver.onPremisesSyncEnabled = true
  const { changes, problems } = await offboardUser(givenMicrosoft(world), { user: String(leaver.id), when: 'now', keep_mailbox: false })
  assert.match(problems.join('\n'), /comes from a directory on premises.* Disable the account there/)
  assert.deepEqual([leaver.accountEnabled, leaver.assignedLicenses, changes[0]?.change], [true, [], 'sessions_ended'])
})

test('a license that another has meanwhile does not keep the rest from being taken back', async () => {
  await using world = await startMicrosoftAndHalo()
  const leaver = somebodyIn(world)
  const { changes } = await offboardUser(givenMicrosoft(world), { user: String(leaver.id), when: 'now', keep_mailbox: false })
  for (const sku of world.tenant.skus) sku.enabled = 0
  const { kept } = await undoUserChanges(givenMicrosoft(world), { changes })
  assert.match(kept.find(({ change }) => change.change === 'license_removed')?.reason ?? '', /does not have any available licenses/)
  assert.equal(leaver.accountEnabled, true)
})

test('a new run replaces the password where one before failed after the block, and the next leaves it as it is', async () => {
  await using world = await startMicrosoftAndHalo()
  const leaver = somebodyIn(world)
  const offboard = () => offboardUser(givenMicrosoft(world, { wait: async () => {} }), { user: String(leaver.id), when: 'now' })
  world.graph.faults.begin({ kind: 'error', status: 503, path: `/v1.0/users/${leaver.id}/revokeSignInSessions` })
  await assert.rejects(offboard(), (error) => isCrosswalkError(error, 'vendor_error'))
  assert.deepEqual([leaver.accountEnabled, leaver.lastPasswordChangeDateTime], [false, undefined])
  world.graph.faults.clear()

  const { changes, problems, ticket_id } = await offboard()
  const replacedAt = leaver.lastPasswordChangeDateTime
  assert.ok(replacedAt && leaver.signInSessionsValidFromDateTime)
  assert.deepEqual([changes.filter(({ change }) => change === 'password_replaced').length, problems], [1, []])
  assert.match(world.halo.findTicket(ticket_id ?? 0)?.details ?? '', /Replaced the password/)

  const third = await offboard()
  assert.deepEqual([third.changes, third.ticket_id, leaver.lastPasswordChangeDateTime], [[], null, replacedAt])
})

test('of an account that somebody has blocked by hand the password is replaced too, unless that is left out', async () => {
  await using world = await startMicrosoftAndHalo()
  const leaver = somebodyIn(world)
  Object.assign(leaver, { accountEnabled: false, passwordProfile: { forceChangePasswordNextSignIn: false } })
  const offboard = (reset_password: boolean) =>
    offboardUser(givenMicrosoft(world, { withoutHalo: true }), { user: String(leaver.id), when: 'now', reset_password })
  const isReplaced = async (reset_password: boolean) =>
    (await offboard(reset_password)).changes.some(({ change }) => change === 'password_replaced')
  assert.deepEqual([await isReplaced(false), await isReplaced(true), await isReplaced(true)], [false, true, false])
})

test('undone a second time it finds everything undone, says so, and writes no second note', async () => {
  await using world = await startMicrosoftAndHalo()
  const ctx = () => givenMicrosoft(world, { config: { onboarding_template: templateOf(world) } })
  const notesOf = (ticketId: number | null) => (world.halo.findTicket(ticketId ?? 0)?.notes ?? []).map(({ note }) => note)
  const leaver = somebodyIn(world)
  const left = await offboardUser(ctx(), { user: String(leaver.id), when: 'now', keep_mailbox: false })
  const came = await onboardUser(ctx(), newcomer)
  for (const { changes, ticket_id } of [left, came]) {
    const first = await undoUserChanges(ctx(), { changes })
    assert.deepEqual([first.undone.length > 0, first.undone_before, notesOf(ticket_id).length], [true, [], 1])
    const again = ctx()
    const second = await undoUserChanges(again, { changes })
    assert.deepEqual(second, { undone: [], undone_before: first.undone, kept: first.kept })
    assert.equal(notesOf(ticket_id).length, 1)
    assert.match(again.logs.map(({ message }) => message).join('\n'), /^Was undone already:\n- /)
  }

  const [group] = left.changes.flatMap((each) => (each.change === 'group_left' ? each.group_id : []))
  world.tenant.members.get(group ?? '')?.delete(String(leaver.id))
  const third = await undoUserChanges(ctx(), { changes: left.changes })
  assert.deepEqual(
    third.undone.map((each) => each.change === 'group_left' && each.group_id),
    [group],
  )
  assert.match(
    notesOf(left.ticket_id).at(-1) ?? '',
    /^Taken back:\n- Took out of the group [^\n]*\n\nUndone already:\n[\s\S]*- Blocked the sign-in/,
  )
})

test('a process that is lost while it undoes tells everything that it undid, wherever it is lost', async () => {
  await using world = await startMicrosoftAndHalo()
  const leaver = somebodyIn(world)
  const id = String(leaver.id)
  const offboard = () => offboardUser(givenMicrosoft(world), { user: id, when: 'now', keep_mailbox: false })
  const { changes } = await offboard()
  const probe = givenMicrosoft(world)
  const { undone } = await undoUserChanges(probe, { changes })
  const steps = probe.steps.flatMap(({ name }, index) => (/enableUser|assignLicenses|addToGroups/.test(name) ? [index + 1] : []))
  assert.ok(steps.length > 2)
  for (const step of steps) {
    const again = await offboard()
    const result = await givenMicrosoft(world).replayAfterCrash((life) => undoUserChanges(life, { changes: again.changes }), { step })
    assert.deepEqual([result.undone.length, result.undone_before], [undone.length, []], `lost at step ${step}`)
  }
})

test('who is deleted during the wait is told, and nothing else is done', async () => {
  await using world = await startMicrosoftAndHalo()
  const leaver = somebodyIn(world)
  const ctx = givenMicrosoft(world)
  const sleep = async (ms: number) => {
    world.tenant.users.delete(String(leaver.id))
    await ctx.sleep(ms)
  }
  const at = new Date(Date.now() + 3_600_000).toISOString()
  const result = await offboardUser({ ...ctx, sleep }, { user: String(leaver.id), when: 'later', at })
  assert.deepEqual([result.changes, result.ticket_id], [[], null])
  assert.match(result.problems[0] ?? '', /is not there any more/)
})

test('a leaver who goes later is blocked then, and one who does not exist is told at once', async () => {
  await using world = await startMicrosoftAndHalo()
  const leaver = somebodyIn(world)
  const ctx = givenMicrosoft(world, { withoutHalo: true })
  const at = new Date(Date.now() + 3_600_000).toISOString()
  const result = await offboardUser(ctx, { user: String(leaver.id), when: 'later', at })
  assert.ok(Math.abs((ctx.sleeps[0] ?? 0) - 3_600_000) < 60_000)
  const past = somebodyIn(world)
  const lastYear = { user: String(past.id), when: 'later', at: new Date(Date.now() - 366 * 86_400_000).toISOString() } as const
  await assert.rejects(offboardUser(ctx, lastYear), /is past, and nothing was changed/)
  assert.equal(past.accountEnabled, true)
  assert.equal(result.ticket_id, null)
  await assert.rejects(offboardUser(ctx, { user: 'nobody', when: 'later', at }), (error) => isCrosswalkError(error, 'vendor_error'))
  await assert.rejects(offboardUser(ctx, { user: 'nobody', when: 'later' }), (error) => isCrosswalkError(error, 'validation_failed'))
})

test('check_microsoft_consent reports what has to be repaired, with the link, and nothing once it is', async () => {
  await using world = await startMicrosoftAndHalo()
  const ctx = givenMicrosoft(world)
  const [tenant] = (await checkMicrosoftConsent(ctx)).tenants
  assert.deepEqual([tenant?.token_route, tenant?.problems], ['application', []])
  world.tenant.application = 'unknown'
  await checkMicrosoftConsent(ctx)
  const { id: mappingId } = await ctx.getIntegrationMapping('microsoft_graph')
  const [healthy, broken] = ctx.healthReports
  assert.deepEqual(healthy, { mappingId, problems: [] })
  const [problem] = broken?.problems ?? []
  assert.deepEqual([problem?.code, problem?.problem], ['AADSTS700016', 'The app is not known in this tenant.'])
  assert.ok(problem?.repairUrl?.startsWith(`${world.graph.url}/${world.tenant.id}/adminconsent?client_id=`))
})

test('check_microsoft_consent looks at every tenant, and names in the end those that it could not look at', async () => {
  await using world = await startMicrosoftAndHalo()
  const [away, broken, healthy] = world.graph.organizations.list()
  assert.ok(away && broken && healthy)
  broken.application = 'unknown'
  const ctx = givenMicrosoft(world, {
    mappings: [away, broken, healthy].map(({ id, name }) => ({
      integrationName: 'microsoft_graph',
      externalOrgId: id,
      externalOrgName: name,
    })),
    wait: async () => {},
  })
  world.graph.faults.begin({ kind: 'error', status: 503, path: `/${away.id}/oauth2/v2.0/token` })
  await assert.rejects(checkMicrosoftConsent(ctx), (error) => {
    assert.ok(error instanceof AggregateError)
    assert.match(error.message, /^1 of 3 tenants could not be looked at, and the others were\. /)
    assert.deepEqual(
      [away, broken, healthy].map(({ name }) => error.message.includes(`${name}: `)),
      [true, false, false],
    )
    return error.errors.length === 1 && isCrosswalkError(error.errors[0], 'vendor_error')
  })
  const mappings = await ctx.getOrgMappings('microsoft_graph')
  assert.deepEqual(
    ctx.healthReports.map(({ mappingId, problems }) => [mappings.find(({ id }) => id === mappingId)?.externalOrgId, problems.length]),
    [
      [broken.id, 1],
      [healthy.id, 0],
    ],
  )
  world.graph.faults.clear()
  assert.equal((await checkMicrosoftConsent(ctx)).tenants.length, 3)
})
