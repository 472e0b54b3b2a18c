import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startMyIntegrationVendor } from '@crosswalk/simulators/my-integration'
import { callCli } from './testing/call-cli.ts'
import { startInstallation } from './testing/installation.ts'

const workspace = fileURLToPath(new URL('../../workspace', import.meta.url))

/** The quickstart, all of it by the command, on an installation of its own. */
const stack = new AsyncDisposableStack()
let env: NodeJS.ProcessEnv = {}

before(async () => {
  env = await startInstallation(stack, workspace)
})
after(() => stack.disposeAsync())

/** Runs a command that has to succeed, and returns what it printed. */
async function succeed(...args: string[]): Promise<string> {
  const { code, out, err } = await callCli(args, { env })
  assert.equal(code, 0, `${args.join(' ')}: ${err}`)
  return out
}

async function succeedInJson<Body>(...args: string[]): Promise<Body> {
  return JSON.parse(await succeed(...args, '--json')) as Body // what the contract says of each
}

test('the quickstart works from the command line, from an empty installation to the logs of a run', async () => {
  await using vendor = await startMyIntegrationVendor()
  const { id: orgId } = await succeedInJson<{ id: string }>('orgs', 'create', 'Acme Corp', '--domain', 'acme.example')
  const early = await callCli(['discover', 'myintegration'], { env })
  assert.equal(early.code, 1)
  assert.match(early.err, /myintegration_api_key.*\(discovery_failed/s)

  const secret = await callCli(['secrets', 'set', 'myintegration_api_key'], { env, stdin: `${vendor.apiKey}\n` })
  assert.equal(secret.code, 0, secret.err)
  await succeed('config', 'set', 'myintegration_api_url', vendor.url)
  const { organizations } = await succeedInJson<{ organizations: { id: string; name: string }[] }>('discover', 'myintegration', '--refresh')
  assert.deepEqual(
    organizations.map(({ id, name }) => [id, name]),
    [
      ['12345', 'Acme Corp'],
      ['67890', 'Wayne Enterprises'],
    ],
  )

  const described = ['--org', 'Acme Corp', '--integration', 'myintegration', '--external-id', '12345']
  assert.match(await succeed('mappings', 'test', ...described), /^ok Successfully connected to Acme Corp\n/)
  const mapping = await succeedInJson<{ id: string; org_id: string }>('mappings', 'create', ...described, '--external-name', 'Acme Corp')
  assert.equal(mapping.org_id, orgId)
  await succeed('mappings', 'test', mapping.id, '--org', 'Acme Corp')
  assert.match(await succeed('mappings', 'list', '--org', 'Acme Corp'), /myintegration +12345 +Acme Corp +yes +ok\n/)

  const run = await callCli(['run', 'sync_users', '--org', 'Acme Corp'], { env })
  assert.equal(run.code, 0, run.err)
  assert.match(run.err, /info +Using mapping: Acme Corp \(ID: 12345\)\n.*success after/s)
  const result = JSON.parse(run.out) as { success: boolean; users_synced: number }
  assert.ok(result.success && result.users_synced > 0)

  const { executions } = await succeedInJson<{ executions: { execution_id: string; kind: string }[] }>(
    'executions',
    'list',
    '--workflow',
    'sync_users',
  )
  const executionId = executions[0]?.execution_id ?? ''
  assert.match(await succeed('logs', executionId), /Starting user sync from MyIntegration/)
  assert.match(await succeed('logs', executionId, '--follow'), /Synced \d+ users successfully/)
  assert.match(await succeed('executions', 'show', executionId), /Status +success\n/)
  const audit = await succeed('audit', '--org', 'Acme Corp')
  for (const action of ['organization.created', 'integration_mapping.created', 'integration_mapping.tested', 'workflow.executed'])
    assert.match(audit, new RegExp(`${action} `))
  const ofMappings = await succeed('audit', '--action', 'integration_mapping')
  assert.match(ofMappings, /integration_mapping\.tested .* integration_mapping Acme Corp /)
  assert.doesNotMatch(ofMappings, /organization\.created/)
})

test('the doctor finds nothing wrong with a running installation, and the master key can be replaced under it', async () => {
  const healthy = await succeedInJson<{ ok: boolean; findings: { check: string; status: string }[] }>('doctor')
  assert.deepEqual(
    healthy.findings.filter(({ status }) => status === 'fail'),
    [],
  )
  await succeed('secrets', 'rotate')
  assert.match(await succeed('doctor'), /ok +Master key fits +it opens the stored secrets/)
  const { code } = await callCli(['secrets', 'set', 'after_rotation'], { env, stdin: 'x' })
  assert.equal(code, 0)
})

test('a key that is not accepted, and things that are not there, are told apart', async () => {
  const stranger = await callCli(['orgs', 'list'], { env: { ...env, CROSSWALK_API_KEY: 'cwk_somebody-else' } })
  assert.match(stranger.err, /\(unauthenticated\)\n$/)
  const unknown = await callCli(['integrations', 'show', 'nothing'], { env })
  assert.match(unknown.err, /\(integration_not_found\)\n$/)
  const badParameters = await callCli(['run', 'auto_setup_integration', '--org', 'Acme Corp'], { env })
  assert.equal(badParameters.code, 1)
  assert.match(badParameters.err, /external_org_id/)
})
