import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  dataProviderDefinition,
  givenApi,
  integrationDefinition,
  principalFor,
  workflowDefinition,
} from '../../testing/given-definitions.ts'
import { inScope, readInScope, sql } from '../platform/database/database.ts'
import { publishDefinitions } from './definitions.ts'

const broken = (file: string, reason = 'SyntaxError: Unexpected token') => ({ kind: 'workflow', file, reason }) as const
const nightly = workflowDefinition('nightly', { schedule: { cron: '0 3 * * *' } })
const other = workflowDefinition('other')
const halo = integrationDefinition('halo')

type Given = Awaited<ReturnType<typeof givenApi>>
const publish = (
  given: Given,
  definitions: Parameters<typeof publishDefinitions>[1]['definitions'],
  ...problems: ReturnType<typeof broken>[]
) => publishDefinitions(given.db, { definitions, problems, codeVersion: 'test' })
const workspace = async (given: Given) => (await given.send('GET', '/workspace')).body
const notLoaded = async (given: Given): Promise<string[]> => (await workspace(given)).not_loaded.map(({ name }: { name: string }) => name)
const ready = async (given: Given) => {
  const answer = await given.app.inject('/readyz')
  return answer.json().checks.workspace as string
}

test('a definition whose file does not load any more is kept, with its schedule, and everybody is told', async () => {
  await using given = await givenApi()
  await publish(given, [nightly, other, halo])
  assert.deepEqual(await workspace(given), { loaded: 3, problems: [], not_loaded: [] })
  assert.equal(await ready(given), 'ok')
  await publish(given, [other, halo], broken(nightly.file))
  const { loaded, problems, not_loaded: missing } = await workspace(given)
  assert.equal(loaded, 2)
  assert.deepEqual(
    missing.map(({ since, ...rest }: { since: string }) => rest),
    [{ kind: 'workflow', name: 'nightly', file: nightly.file, reason: 'SyntaxError: Unexpected token' }],
  )
  assert.deepEqual([problems[0].file, problems[0].is_warning], [nightly.file, false])
  const { since } = missing[0]
  assert.match(await ready(given), new RegExp(`^since ${since.slice(0, 19)}.*: workflows/nightly.ts\\. .* do not load: nightly\\.`))
  const schedules = (await given.send('GET', '/schedules')).body.schedules
  assert.deepEqual(
    schedules
      .filter((schedule: { not_loaded_since: string | null }) => schedule.not_loaded_since)
      .map((schedule: { workflow_name: string }) => schedule.workflow_name),
    ['nightly'],
  )
  const metrics = (await given.app.inject('/metrics')).body
  assert.match(metrics, /^crosswalk_definitions\{state="loaded"\} 2$/m)
  assert.match(metrics, /^crosswalk_definitions\{state="not_loaded"\} 1$/m)
  assert.match(metrics, /^crosswalk_workspace_problem_since_seconds\{kind="workflow",file="workflows\/nightly.ts"\} \d{10}$/m)
  assert.match(metrics, /^crosswalk_definition_not_loaded_since_seconds\{kind="workflow",name="nightly"\} \d{10}$/m)
  // Since when it is stays, whatever is wrong meanwhile.
  await publish(given, [other, halo], broken(nightly.file, 'TypeError: something else'))
  const later = await workspace(given)
  assert.deepEqual([later.not_loaded[0].since, later.problems[0].since], [since, problems[0].since])
  await publish(given, [nightly, other, halo])
  assert.deepEqual(await workspace(given), { loaded: 3, problems: [], not_loaded: [] })
})

test('a definition that is gone while everything loads was taken out, also where it was kept before', async () => {
  await using given = await givenApi()
  await publish(given, [nightly, other, halo])
  await publish(given, [other, halo])
  assert.deepEqual([(await workspace(given)).loaded, await notLoaded(given)], [2, []])
  await publish(given, [halo], broken(other.file))
  assert.deepEqual(await notLoaded(given), ['other'])
  await publish(given, [halo])
  assert.deepEqual(await notLoaded(given), [])
  assert.equal((await given.send('GET', '/workflows/other')).status, 404)
})

test('what is missing while another file does not load is kept: it may have moved there', async () => {
  await using given = await givenApi()
  await publish(given, [nightly, other, halo])
  await publish(given, [halo, other], broken('workflows/new.ts'))
  assert.deepEqual(await notLoaded(given), ['nightly'])
  assert.equal((await workspace(given)).not_loaded[0].reason, null)
})

test('what only warns of something takes nothing away and keeps nothing', async () => {
  await using given = await givenApi()
  await publish(given, [nightly, halo])
  await publishDefinitions(given.db, { definitions: [halo], problems: [{ ...broken(halo.file), isWarning: true }], codeVersion: 'v2' })
  assert.deepEqual(await notLoaded(given), [])
  assert.equal(await ready(given), 'ok')
})

test('a workspace in which nothing loads is not ready, whether its files are broken or not there', async () => {
  await using given = await givenApi()
  const isReady = async () => {
    const answer = await given.app.inject('/readyz')
    return [answer.statusCode, answer.json().ready]
  }
  await inScope(given.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`insert into worker_leases (id, host, pid, expires_at) values ('test', 'test', 1, now() + interval '1 hour')`),
  )
  assert.deepEqual(await isReady(), [200, true], 'nothing was expected')
  await publish(given, [nightly, halo])
  await publish(given, [halo], broken(nightly.file))
  assert.deepEqual(await isReady(), [200, true], 'some of it loads')
  await publish(given, [], broken(nightly.file), broken(halo.file))
  assert.deepEqual(await isReady(), [503, false])
  assert.match(await ready(given), /nothing of the workspace loads/)
  await publish(given, [])
  assert.deepEqual(
    [await isReady(), await notLoaded(given)],
    [
      [503, false],
      ['halo', 'nightly'],
    ],
  )
  assert.match((await workspace(given)).problems[0].reason, /The workspace has no integration.*CROSSWALK_WORKSPACE/)
})

test('what does not load cannot be run, and says why', async () => {
  await using given = await givenApi()
  const sites = dataProviderDefinition('sites')
  await publish(given, [nightly, halo, sites, other])
  await publish(given, [other], broken(nightly.file), broken(halo.file), broken(sites.file))
  const { body: organization } = await given.send('POST', '/organizations', { name: 'Acme' })
  const acting = { 'x-organization-id': organization.id }
  const refused = [
    await given.send('POST', '/workflows/execute?wait=0', { workflow_name: 'nightly' }, acting),
    await given.send('POST', '/data-providers/sites/options', {}, acting),
    await given.send('GET', '/integrations/halo/discover?refresh=true'),
    await given.send('POST', '/integrations/halo/test', { org_id: organization.id, external_org_id: '1' }),
    await given.send('POST', '/schedules/nightly/run'),
  ]
  for (const { status, body } of refused) assert.deepEqual([status, body.error], [409, 'definition_not_loaded'], JSON.stringify(body))
  assert.match(
    refused[0]?.body.message,
    /^The workflow 'nightly' does not load since .*, so it cannot be run\. See what is wrong with workflows\/nightly\.ts/,
  )
  // What is known of it can be seen.
  assert.equal((await given.send('GET', '/integrations/halo')).status, 200)
})

test('a person confirms that a definition is gone, which is recorded; what loads cannot be removed so', async () => {
  await using given = await givenApi()
  await publish(given, [nightly, other, halo])
  await publish(given, [other], broken(nightly.file))
  const remove = (path: string) => given.send('DELETE', `/workspace/${path}`)
  assert.deepEqual((await remove('workflow/other')).body.error, 'definition_loaded')
  assert.deepEqual((await remove('workflow/nothing')).body.error, 'workflow_not_found')
  assert.equal((await remove('surprise/nightly')).status, 400)
  assert.equal((await remove('workflow/nightly')).status, 204)
  assert.equal((await remove('workflow/nightly')).status, 404)
  assert.deepEqual(await notLoaded(given), ['halo'])
  const events = await readInScope<{ target: object }>(
    given.db,
    'allOrganizations',
    sql`select target from audit_events where action = 'definition.removed'`,
  )
  assert.deepEqual(events, [{ target: { type: 'workflow', id: 'nightly' } }])
  // The same release again brings nothing back; one that loads does.
  await publish(given, [other], broken(nightly.file))
  assert.deepEqual(await notLoaded(given), ['halo'])
  await publish(given, [nightly, other, halo])
  assert.equal((await workspace(given)).loaded, 3)
})

test('the workspace is shown to a principal only, and a definition is removed by those who manage config everywhere', async () => {
  await using given = await givenApi()
  await publish(given, [nightly, halo])
  await publish(given, [halo], broken(nightly.file))
  const { body: organization } = await given.send('POST', '/organizations', { name: 'Acme' })
  assert.equal((await given.as(undefined)('GET', '/workspace')).status, 401)
  assert.equal((await given.as(undefined)('DELETE', '/workspace/workflow/nightly')).status, 401)
  const runner = given.as(principalFor([organization], 'canExecuteWorkflows'))
  assert.equal((await runner('GET', '/workspace')).status, 200)
  assert.equal((await runner('DELETE', '/workspace/workflow/nightly')).body.error, 'forbidden')
  const limited = given.as(principalFor([organization], 'canManageConfig'))
  assert.match((await limited('DELETE', '/workspace/workflow/nightly')).body.message, /for all organizations/)
  assert.deepEqual(await notLoaded(given), ['nightly'])
})
