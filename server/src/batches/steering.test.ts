import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expand, givenOrganizations, workOff } from '../../testing/given-batches.ts'
import { failed, succeeded } from '../../testing/given-definitions.ts'
import { systemActing } from '../audit/audit.ts'
import { deactivateOrganization } from '../organizations/organizations.ts'
import { readInScope, sql } from '../platform/database/database.ts'
import { settleEnded } from './expansion.queries.ts'

type Given = Awaited<ReturnType<typeof givenOrganizations>>
const steer = async (given: Pick<Given, 'send'>, id: string, act: string) => {
  const { status, body } = await given.send('POST', `/batches/${id}/${act}`)
  return [status, body.error ?? body.status]
}

test('no worker takes an execution of a paused batch, until it is resumed', async () => {
  await using given = await givenOrganizations('Acme', 'Globex')
  const id = await given.submitted()
  const other = await given.submitted([given.organizations.Acme.id])
  assert.deepEqual(await steer(given, id, 'pause'), [202, 'paused'])
  assert.deepEqual(await steer(given, id, 'pause'), [202, 'paused'])
  assert.deepEqual(await workOff(given.db), [given.organizations.Acme.id])
  assert.equal((await given.counts(other)).status, 'finished')
  assert.deepEqual(await given.names(id), { Acme: 'pending', Globex: 'pending' })
  const listed = await given.send('GET', '/executions?status=pending')
  assert.equal(listed.body.count, 2, 'they wait, as any other')
  assert.deepEqual(await steer(given, id, 'resume'), [202, 'running'])
  assert.deepEqual(await steer(given, id, 'resume'), [202, 'running'])
  assert.equal((await workOff(given.db)).length, 2)
  assert.equal((await given.counts(id)).status, 'finished')
  assert.deepEqual(await given.audited(), ['batch.created', 'batch.created', 'batch.paused', 'batch.resumed'])
})

test('a batch can be paused while it is submitted, and an execution that waits in it cancelled', async () => {
  await using given = await givenOrganizations('Acme', 'Globex')
  const id = (await given.run('all')).body.batch_id
  await steer(given, id, 'pause')
  await expand(given.db, id)
  assert.deepEqual(await workOff(given.db), [])
  const [item] = (await given.send('GET', `/batches/${id}/executions`)).body.executions
  assert.equal((await given.send('POST', `/executions/${item.execution_id}/cancel`)).body.status, 'cancelled')
  await steer(given, id, 'resume')
  assert.equal((await workOff(given.db)).length, 1)
  assert.deepEqual((await given.counts(id)).counts.cancelled, 1)
})

test('an organization that is deactivated during the pause is skipped', async () => {
  await using given = await givenOrganizations('Acme', 'Globex')
  const id = await given.submitted()
  await steer(given, id, 'pause')
  await deactivateOrganization(given.db, systemActing, given.organizations.Acme.id)
  await steer(given, id, 'resume')
  assert.deepEqual(await workOff(given.db), [given.organizations.Globex.id])
  assert.deepEqual(await given.names(id), { Acme: 'skipped', Globex: 'success' })
})

test('cancelling ends what waits, and tells the workers of what runs', async () => {
  await using given = await givenOrganizations('Acme', 'Globex', 'Initech')
  const id = await given.submitted()
  await readInScope(
    given.db,
    'allOrganizations',
    sql`update executions set status = 'running', worker_id = 'w' where organization_id = ${given.organizations.Acme.id}`,
  )
  const told = Promise.withResolvers<string>()
  given.notifications.on('execution.cancel', null, told.resolve)
  assert.deepEqual(await steer(given, id, 'cancel'), [202, 'cancelled'])
  const [running] = (await given.send('GET', `/batches/${id}/executions?status=cancelling`)).body.executions
  assert.equal(await told.promise, running.execution_id)
  assert.deepEqual(await given.names(id), { Acme: 'cancelling', Globex: 'cancelled', Initech: 'cancelled' })
  assert.deepEqual(await workOff(given.db), [])
  assert.deepEqual(await steer(given, id, 'cancel'), [202, 'cancelled'])
  for (const act of ['pause', 'resume', 'retry-failed']) assert.deepEqual(await steer(given, id, act), [409, 'batch_cancelled'], act)
  assert.deepEqual(await given.audited(), ['batch.created', 'batch.cancelled'])
})

test('what was not submitted of a cancelled batch never runs', async () => {
  await using given = await givenOrganizations('Acme', 'Globex')
  const id = (await given.run('all')).body.batch_id
  await steer(given, id, 'cancel')
  await expand(given.db, id)
  assert.deepEqual(await workOff(given.db), [])
  await settleEnded(given.db)
  const { counts, completed_at } = await given.counts(id)
  assert.deepEqual([counts.cancelled, typeof completed_at], [2, 'string'])
})

test('only what failed is run again, in the place of what failed', async () => {
  await using given = await givenOrganizations('Acme', 'Globex', 'Initech', 'Umbrella')
  const { Acme, Globex, Umbrella } = given.organizations
  const id = await given.submitted()
  await workOff(given.db, (row) => {
    if (row.organization_id === Globex.id) return failed('No.')
    return row.organization_id === Umbrella.id ? { status: 'timeout', result: null, error: null } : succeeded({ n: 1 })
  })
  await settleEnded(given.db)
  assert.deepEqual(await steer(given, id, 'pause'), [409, 'batch_finished'])
  const before = (await given.send('GET', `/batches/${id}/executions`)).body.executions
  await deactivateOrganization(given.db, systemActing, Umbrella.id)
  const { status, body } = await given.send('POST', `/batches/${id}/retry-failed`)
  assert.deepEqual([status, body.status, body.counts.pending, body.counts.success, body.completed_at], [202, 'expanding', 2, 2, null])
  await expand(given.db, id)
  const goesOnFrom: (string | null)[] = []
  const again = await workOff(given.db, (row) => {
    goesOnFrom.push(row.retry_of)
    return succeeded({ n: 2 })
  })
  assert.deepEqual(again, [Globex.id])
  assert.deepEqual(await given.names(id), { Acme: 'success', Globex: 'success', Initech: 'success', Umbrella: 'skipped' })
  const after = (await given.send('GET', `/batches/${id}/executions`)).body.executions
  const of = (items: { org_id: string }[], organization: { id: string }) => items.find((item) => item.org_id === organization.id) as never
  assert.deepEqual(of(after, Acme), of(before, Acme))
  const [first, second] = [of(before, Globex), of(after, Globex)] as { execution_id: string; attempt: number; result: unknown }[]
  assert.notEqual(first?.execution_id, second?.execution_id)
  assert.deepEqual([first?.attempt, second?.attempt, second?.result], [1, 2, { n: 2 }])
  assert.deepEqual(goesOnFrom, [first?.execution_id], 'it continues from the failed step')
  assert.equal((await given.send('GET', `/executions/${first?.execution_id}`)).body.status, 'failed', 'the first attempt is kept')
  await settleEnded(given.db)
  assert.deepEqual(await steer(given, id, 'retry-failed'), [202, 'finished'])
  assert.deepEqual(await given.audited(), ['batch.created', 'batch.retried'])
})

test('the retry of one execution takes its place in the batch, and continues from its failed step', async () => {
  await using given = await givenOrganizations('Acme', 'Globex')
  const { Acme, Globex } = given.organizations
  const id = await given.submitted()
  await workOff(given.db, (row) => (row.organization_id === Globex.id ? failed('No.') : succeeded({ n: 1 })))
  await settleEnded(given.db)
  const itemOf = async (organization: { id: string }) =>
    (await given.send('GET', `/batches/${id}/executions`)).body.executions.find(
      (item: { org_id: string }) => item.org_id === organization.id,
    )
  const first = (await itemOf(Globex)).execution_id
  const { status, body } = await given.send('POST', `/executions/${first}/retry`)
  assert.deepEqual([status, body.retry_of], [202, first])
  const open = await given.counts(id)
  assert.deepEqual([open.status, open.counts.pending, open.counts.success, open.completed_at], ['running', 1, 1, null])
  assert.deepEqual(await workOff(given.db, () => succeeded({ n: 2 })), [Globex.id])
  const { execution_id, attempt, result } = await itemOf(Globex)
  assert.deepEqual([execution_id, attempt, result], [body.execution_id, 2, { n: 2 }])
  const ended = await given.counts(id)
  assert.deepEqual([ended.status, ended.total, ended.counts.success, ended.counts.failed], ['finished', 2, 2, 0])
  const again = await given.send('POST', `/executions/${first}/retry`)
  assert.deepEqual([again.status, again.body.error, again.body.details.execution_id], [409, 'execution_retried', execution_id])
  assert.equal((await given.send('POST', `/executions/${(await itemOf(Acme)).execution_id}/retry`)).body.error, 'execution_succeeded')
})

test('the retry of an execution of a paused batch waits for it, and what the batch itself ran again is not retried besides', async () => {
  await using given = await givenOrganizations('Acme', 'Globex', 'Initech')
  const { Acme, Globex, Initech } = given.organizations
  const id = await given.submitted()
  await readInScope(given.db, 'allOrganizations', sql`update executions set status = 'running' where organization_id = ${Initech.id}`)
  await workOff(given.db, () => failed('No.'))
  const executionOf = async (organization: { id: string }) =>
    (await given.send('GET', `/batches/${id}/executions`)).body.executions.find(
      (item: { org_id: string }) => item.org_id === organization.id,
    ).execution_id
  const [ofAcme, ofGlobex] = [await executionOf(Acme), await executionOf(Globex)]
  await steer(given, id, 'pause')
  assert.equal((await given.send('POST', `/executions/${ofAcme}/retry`)).status, 202)
  assert.deepEqual(await workOff(given.db), [])
  await given.send('POST', `/batches/${id}/retry-failed`)
  const early = await given.send('POST', `/executions/${ofGlobex}/retry`)
  assert.deepEqual([early.body.error, early.body.details.execution_id], ['execution_retried', null])
  await expand(given.db, id)
  const late = await given.send('POST', `/executions/${ofGlobex}/retry`)
  assert.deepEqual([late.body.error, late.body.details.execution_id], ['execution_retried', await executionOf(Globex)])
  await steer(given, id, 'resume')
  assert.deepEqual((await workOff(given.db, () => failed('No.'))).sort(), [Acme.id, Globex.id].sort())
  await steer(given, id, 'cancel')
  assert.deepEqual(refusalOf(await given.send('POST', `/executions/${await executionOf(Acme)}/retry`)), [409, 'batch_cancelled'])
})

const refusalOf = ({ status, body }: { status: number; body: { error: string } }) => [status, body.error]
