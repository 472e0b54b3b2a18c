import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { isCrosswalkError, isDataProvider, isIntegrationClass, isWorkflow, workflow } from './index.ts'
import { mockContext } from './testing.ts'

const greet = workflow(
  {
    name: 'greet',
    description: 'Says hello.',
    parameters: z.object({
      whom: z.string().min(2),
      address: z.object({ lines: z.array(z.string()) }).optional(),
      times: z.number().default(1),
    }),
    schedule: { cron: '0 3 * * MON-fri', timeZone: 'Europe/Vienna' },
    timeoutMs: 60_000,
  },
  (_ctx, { whom, times }) => ({ text: `Hello ${whom}`.repeat(times) }),
)

test('a workflow is called with its context and parameters, and defaults are filled in', async () => {
  assert.deepEqual(await greet(mockContext(), { whom: 'Ada' }), { text: 'Hello Ada' })
})

test('parameters that do not fit are refused with every field and its messages, and the function is not called', async () => {
  let calls = 0
  const counted = workflow({ name: 'counted', description: 'Counts.', parameters: greet.definition.parameters }, () => {
    calls += 1
  })
  // @ts-expect-error lines must be a list of text
  await assert.rejects(counted(mockContext(), { whom: 'A', address: { lines: [1] } }), (error) => {
    assert.ok(isCrosswalkError(error, 'validation_failed'))
    assert.deepEqual(Object.keys(error.details), ['whom', 'address.lines.0'])
    assert.match(error.message, /parameters of the workflow 'counted' are not valid/)
    return true
  })
  assert.equal(calls, 0)
})

test('a missing required parameter is reported under its own name', async () => {
  // @ts-expect-error whom is required
  await assert.rejects(greet(mockContext()), (error) => isCrosswalkError(error, 'validation_failed') && 'whom' in error.details)
})

test('a workflow has a name for people, and says whether it is offered to customers', () => {
  const made = workflow({ name: 'new_user', displayName: 'A new colleague', description: 'x', offeredTo: 'customers' }, () => null)
  assert.deepEqual([made.name, made.definition.displayName, made.definition.offeredTo], ['new_user', 'A new colleague', 'customers'])
  const make = (given: object) => () => workflow({ name: 'new_user', description: 'x', ...given }, () => null)
  for (const displayName of ['', ' ', 'x'.repeat(101), 7, 'a\0b']) assert.throws(make({ displayName }), /displayName/)
  for (const offeredTo of ['everyone', ['customers'], true, null])
    assert.throws(make({ offeredTo }), /offeredTo .* must be 'customers', or left out/)
})

test('a definition is frozen data with its defaults', () => {
  const { parameters: _schema, ...definition } = greet.definition
  assert.deepEqual(definition, {
    kind: 'workflow',
    name: 'greet',
    description: 'Says hello.',
    category: 'General',
    tags: [],
    timeoutMs: 60_000,
    schedule: { cron: '0 3 * * mon-fri', timeZone: 'Europe/Vienna', organizations: 'all', missed: 'skip' },
  })
  assert.ok(Object.isFrozen(greet) && Object.isFrozen(greet.definition) && Object.isFrozen(greet.definition.tags))
  assert.equal(greet.name, 'greet')
})

test('a bad definition is refused when it is made, with a hint', () => {
  const description = 'Something.'
  const misnamed = () => workflow({ name: 'SyncUsers', description }, () => 1)
  assert.throws(misnamed, /got 'SyncUsers'\. Perhaps 'sync_users'/)
  assert.throws(misnamed, (error) => error instanceof TypeError && isCrosswalkError(error, 'definition_invalid'))
  assert.throws(() => workflow({ name: 'a'.repeat(51), description }, () => 1), TypeError)
  assert.throws(() => workflow({ name: 'ok', description: ' ' }, () => 1), /needs a description/)
  assert.throws(() => workflow({ name: 'ok', description, timeoutMs: 0 }, () => 1), /timeoutMs 0/)
  const limited = (concurrency: unknown) => workflow({ name: 'ok', description, concurrency: concurrency as object }, () => 1)
  assert.throws(() => limited({ total: 1.5 }), /concurrency\.total 1.5/)
  assert.throws(() => limited(3), /must be \{ perOrganization\?: number, total\?: number \}/)
  assert.throws(() => limited({ perOrganisation: 1 }), /must be \{ perOrganization/)
  assert.deepEqual(limited({ perOrganization: 1 }).definition.concurrency, { perOrganization: 1 })
  assert.throws(() => workflow({ name: 'ok', description, tags: [''] }, () => 1), /tag/)
  // @ts-expect-error parameters must be an object schema
  assert.throws(() => workflow({ name: 'ok', description, parameters: z.string() }, () => 1), /not z\.object/)
  // @ts-expect-error the function was forgotten
  assert.throws(() => workflow({ name: 'ok', description }), /function as its second argument/)
})

test('a schedule with a typing error is refused when it is defined', () => {
  const scheduled = (cron: string, timeZone?: string) => workflow({ name: 'ok', description: 'x', schedule: { cron, timeZone } }, () => 1)
  for (const good of ['* * * * *', '*/5 0-6,20 1 jan 7', '0 3 1-15/2 * mon,wed']) assert.ok(scheduled(good))
  for (const bad of ['* * * *', '60 * * * *', '* 24 * * *', '5/2 * * * *', '* * 0 * *', '* * * foo *', '9-1 * * * *', '*/0 * * * *']) {
    assert.throws(() => scheduled(bad), /cron expression/, bad)
  }
  assert.throws(() => scheduled('* * * * *', 'Mars/Base'), /time zone 'Mars\/Base'/)
  for (const [cron, why] of [
    ['*/90 * * * *', /'\*\/90' is not a minute: a step is a number from 1 to 60/],
    ['0 */25 * * *', /hour: a step is a number from 1 to 24/],
    ['0 0 * * */8', /day of week: a step is a number from 1 to 7/],
    ['0 0 31 2,4 *', /never comes/],
    ['0 0 * * fri-sun', /a range goes from the smaller to the larger/],
  ] as const)
    assert.throws(() => scheduled(cron), why)
  assert.ok(scheduled('0 0 31 2 mon'), 'a day of the week comes in any month')
  assert.ok(scheduled('0 0 29 2 *'))
})

test('a time zone that is none is answered with the one that is meant', () => {
  const meant = (timeZone: string) => () => workflow({ name: 'ok', description: 'x', schedule: { cron: '0 3 * * *', timeZone } }, () => 1)
  assert.throws(
    meant('Eastern Standard Time'),
    /The workflow 'ok' has the time zone 'Eastern Standard Time'; that is what Windows calls it\. Use its IANA name, 'America\/New_York'\.$/,
  )
  assert.throws(meant('w. europe daylight time'), /'Europe\/Berlin'/)
  assert.throws(meant('Europe/Viena'), /Perhaps 'Europe\/Vienna'/)
  assert.throws(meant('New York'), /Perhaps 'America\/New_York'/)
  assert.throws(meant('vienna'), /Perhaps 'Europe\/Vienna'/)
  assert.throws(meant(''), /use an IANA name such as 'Europe\/Vienna'/)
  assert.throws(meant('x'.repeat(1_000_000)), /use an IANA name/)
})

test('a schedule says for which organizations it runs, and what becomes of missed runs', () => {
  const scheduled = (schedule: object) =>
    workflow({ name: 'ok', description: 'x', schedule: { cron: '0 3 * * *', ...schedule } }, () => 1).definition.schedule
  const id = '0198c1f0-0000-7000-8000-00000000000a'
  assert.deepEqual(scheduled({ organizations: 'mapped:halopsa', missed: 'catch_up' }), {
    cron: '0 3 * * *',
    timeZone: 'UTC',
    organizations: 'mapped:halopsa',
    missed: 'catch_up',
  })
  const given = [id]
  const ofOne = scheduled({ organizations: given })
  given.push('later')
  assert.deepEqual(ofOne?.organizations, [id])
  for (const bad of ['every', 'mapped:', 'mapped:Halo', [], ['acme'], [1], null])
    assert.throws(() => scheduled({ organizations: bad }), /has the organizations .*use 'all'/, String(bad))
  assert.throws(() => scheduled({ missed: 'repeat' }), /use 'skip' or 'catch_up'/)
})

test('brands tell definitions apart, also those of another copy of the SDK', () => {
  const foreign = Object.assign(() => 1, { [Symbol.for('crosswalk.workflow')]: true })
  assert.ok(isWorkflow(greet) && isWorkflow(foreign))
  assert.ok(!isDataProvider(greet) && !isIntegrationClass(greet) && !isWorkflow(() => 1) && !isWorkflow(undefined))
})
