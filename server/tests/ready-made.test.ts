import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readyMadeFolder } from '../src/engine/runners/readable-paths.ts'
import { RunnerPool } from '../src/engine/runners/runner-pool.ts'
import { givenGateway } from '../testing/given-gateway.ts'
import { runnerCacheFolder } from '../testing/runner-cache.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { testLogger } from '../testing/test-app.ts'

/** What runners find in a workspace with these files, beside the integrations that come along. */
async function load(files: Record<string, string>, names: 'all' | readonly string[] = 'all') {
  await using workspace = await temporaryWorkspace(files)
  const pool = new RunnerPool({
    workspace: workspace.path,
    readyMade: { folder: readyMadeFolder, names },
    logger: testLogger,
    maxHeapMb: 128,
    stallMs: 20_000,
    loadTimeoutMs: 20_000,
    gateway: givenGateway(),
    sessionsPerRunner: 1,
    maxRunners: 1,
    executionsPerRunner: 1,
    cacheFolder: runnerCacheFolder,
  })
  try {
    const { definitions, problems } = await pool.reload()
    return { files: Object.fromEntries(definitions.map(({ name, file }) => [name, file])), definitions, problems }
  } finally {
    await pool.close()
  }
}

const ownHalo = (body: string) => `import { HaloPsa } from '@crosswalk/integrations/halopsa'\n${body}`

test('the integrations that come along are there without a workspace, and name their credentials', async () => {
  const { files, definitions, problems } = await load({})
  assert.deepEqual(problems, [])
  assert.equal(files.halopsa, '@crosswalk/integrations/halopsa/halopsa.ts')
  assert.equal(files.ninjaone, '@crosswalk/integrations/ninjaone/ninjaone.ts')
  for (const definition of definitions.filter(({ kind }) => kind === 'integration')) {
    assert.ok(definition.kind === 'integration' && definition.supportsDiscovery && definition.supportsOrgMapping, definition.name)
    assert.equal(definition.credentials, 'named')
  }
})

test('data providers ship with their integration, also where the workspace extends it, and give way to one of the same name', async () => {
  const { files } = await load({
    'integrations/own-graph.ts': `import { MicrosoftGraph } from '@crosswalk/integrations/microsoft_graph'
      export class OwnGraph extends MicrosoftGraph { static integrationName = 'microsoft_graph' }`,
    'data-providers/own-users.ts': `import { dataProvider } from '@crosswalk/sdk'
      export const users = dataProvider({ name: 'microsoft_graph_users', description: 'Ours.' }, async () => [])`,
  })
  assert.equal(files.microsoft_graph, 'integrations/own-graph.ts')
  assert.equal(files.microsoft_graph_users, 'data-providers/own-users.ts')
  assert.equal(files.microsoft_graph_licenses, '@crosswalk/integrations/microsoft_graph/microsoft-graph.ts')
})

test('only those that the operator names are on, and a name that there is not is told', async () => {
  assert.deepEqual((await load({}, [])).files, {})
  const { files, problems } = await load({}, ['ninjaone', 'halo'])
  assert.deepEqual(Object.keys(files), ['ninjaone'])
  assert.match(problems[0]?.reason ?? '', /CROSSWALK_INTEGRATIONS names 'halo'.* There are: .*halopsa/)
  assert.equal(problems[0]?.isWarning, true)
})

test('a form of the workspace that asks one which is off is no problem of the workspace', async () => {
  const form = (dataProvider: string) => ({
    'workflows/asks.ts': `import { workflow } from '@crosswalk/sdk'
      import { z } from 'zod'
      const parameters = z.object({ user: z.string().meta({ dataProvider: '${dataProvider}' }) })
      export const asks = workflow({ name: 'asks', description: 'Asks.', category: 'Tests', parameters }, async () => ({}))`,
  })
  assert.deepEqual((await load(form('microsoft_graph_users'), ['halopsa'])).problems, [])
  assert.match((await load(form('microsoft_graph_user'))).problems[0]?.reason ?? '', /'microsoft_graph_user', and no file has that/)
})

test('a workspace extends one under its name, under another, or exports it as it is', async () => {
  const extended = ownHalo("export class OwnHalo extends HaloPsa { static integrationName = 'halopsa'; static displayName = 'Our Halo' }")
  const { files, definitions, problems } = await load({
    'integrations/own-halo.ts': extended,
    'integrations/second-halo.ts': ownHalo("export class SecondHalo extends HaloPsa { static integrationName = 'halo_second' }"),
  })
  assert.deepEqual(problems, [])
  assert.deepEqual([files.halopsa, files.halo_second], ['integrations/own-halo.ts', 'integrations/second-halo.ts'])
  assert.equal(definitions.find(({ name }) => name === 'halopsa')?.kind === 'integration' && definitions.length > 2, true)
  const again = await load({ 'integrations/halo.ts': "export { HaloPsa } from '@crosswalk/integrations/halopsa'" })
  assert.deepEqual([again.files.halopsa, again.problems], ['integrations/halo.ts', []])
})

test('where what was to replace one does not load, ours does not take its place', async () => {
  const { files, problems } = await load({
    'integrations/own-halo.ts': ownHalo(
      "export class OwnHalo extends HaloPsa { static integrationName = 'halopsa' }\nthrow new Error('no')",
    ),
  })
  assert.equal(files.halopsa, undefined)
  assert.ok(files.ninjaone)
  assert.deepEqual(
    problems.map(({ file }) => file),
    ['integrations/own-halo.ts'],
  )
})
