import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listDefinitions, listProblems } from '../src/definitions/definitions.ts'
import { RunnerPool } from '../src/engine/runners/runner-pool.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { createTestApp, testLogger } from '../testing/test-app.ts'
import { startTestWorker } from '../testing/test-worker.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

const workflowNamed = (name: string, rest = '') =>
  `import { workflow } from '@crosswalk/sdk'\nimport { z } from 'zod'\n${rest}\nexport const made = workflow({ name: '${name}', description: 'Made for a test.' }, async () => '${name}')\n`

function givenPool(workspace: string): RunnerPool {
  return new RunnerPool({
    workspace,
    logger: testLogger,
    maxHeapMb: 128,
    stallMs: 2_000,
    loadTimeoutMs: 6_000,
    sessionsPerRunner: 4,
    maxRunners: 1,
    executionsPerRunner: 100,
  })
}

test('a file that does not load is reported with its reason, and the others go on', async () => {
  await using workspace = await temporaryWorkspace({
    'workflows/good.ts': workflowNamed('good'),
    'workflows/syntax.ts': 'export const = 1',
    'workflows/throws.ts': "throw new Error('no database here')",
    'workflows/missing.ts': "import 'not-installed'",
    'workflows/duplicate.ts': workflowNamed('good'),
    'workflows/unpublishable.ts':
      "import { workflow } from '@crosswalk/sdk'\nimport { z } from 'zod'\nexport const w = workflow({ name: 'dated', description: 'x', parameters: z.object({ at: z.date() }) }, async () => 1)",
    'workflows/bad-name.ts': workflowNamed('Not A Name'),
    'workflows/unexported.ts':
      "import { workflow } from '@crosswalk/sdk'\nconst hidden = workflow({ name: 'hidden', description: 'x' }, async () => 1)\nexport const all = [hidden]",
    'workflows/reads.ts': "import { readFileSync } from 'node:fs'\nreadFileSync('/etc/hostname')",
    'workflows/exits.ts': 'process.exit(0)',
    'workflows/loops.ts': 'for (;;);',
    'workflows/waits.ts': 'await new Promise(() => {})',
    'workflows/good.test.ts': "throw new Error('tests are not loaded')",
    'integrations/client.ts': 'export class Client {}',
    'integrations/unfinished.ts':
      "import { BaseIntegration } from '@crosswalk/sdk'\nexport class Unfinished extends BaseIntegration { static integrationName = 'unfinished' }",
  })
  const pool = givenPool(workspace.path)
  try {
    const { definitions, problems } = await pool.reload()
    const reasons = Object.fromEntries(problems.map(({ file, reason }) => [file, reason]))
    // Of two files with one name the first by path has it.
    assert.deepEqual(
      definitions.map(({ name, file }) => [name, file]),
      [['good', 'workflows/duplicate.ts']],
    )
    assert.match(
      reasons['workflows/good.ts'] ?? '',
      /^definition_invalid: The name good is taken by workflows\/duplicate\.ts.* \(export made\)$/,
    )
    assert.match(reasons['workflows/syntax.ts'] ?? '', /^SyntaxError: .* \(at workflows\/syntax\.ts:1\)$/)
    assert.match(reasons['workflows/throws.ts'] ?? '', /^Error: no database here \(at workflows\/throws\.ts:1/)
    assert.match(reasons['workflows/missing.ts'] ?? '', /not-installed/)
    assert.match(
      reasons['workflows/unpublishable.ts'] ?? '',
      /^definition_invalid: The parameters of dated cannot be published as a JSON Schema: .*[Dd]ate.* Take what JSON has/,
    )
    assert.match(
      reasons['workflows/bad-name.ts'] ?? '',
      /^definition_invalid: .* got 'Not A Name'\. Perhaps 'not_a_name'\. \(at workflows\/bad-name\.ts:4/,
    )
    assert.match(reasons['workflows/exits.ts'] ?? '', /process\.exit is not available/)
    assert.match(reasons['workflows/loops.ts'] ?? '', /did not finish loading within 6 seconds/)
    assert.match(reasons['workflows/waits.ts'] ?? '', /did not finish loading within 6 seconds/)
    assert.match(reasons['integrations/unfinished.ts'] ?? '', /^definition_invalid: .* does not define getClient\(mapping\)\. Add it/)
    assert.match(
      reasons['workflows/unexported.ts'] ?? '',
      /^definition_invalid: The workflow hidden is made and not exported\. Write export/,
    )
    assert.match(
      reasons['workflows/reads.ts'] ?? '',
      /^Error: Author code may not read \/etc\/hostname, only the workspace.* \(at workflows\/reads\.ts:2/,
    )
    assert.equal(problems.length, 12)
  } finally {
    await pool.close()
  }
})

test('a field whose data provider no file has is a problem of the file that names it, and the definition itself loads', async () => {
  const asking = (name: string, provider: string) =>
    `import { workflow } from '@crosswalk/sdk'\nimport { z } from 'zod'\nexport const asks = workflow({ name: '${name}', description: 'Asks.', parameters: z.object({ dataProvider: z.string().default('x'), where: z.object({ site: z.array(z.string().meta({ dataProvider: '${provider}' })) }).default({ site: [] }) }) }, async () => 1)\n`
  await using workspace = await temporaryWorkspace({
    'workflows/right.ts': asking('right', 'list_sites'),
    'workflows/wrong.ts': asking('wrong', 'list_site'),
    'data-providers/sites.ts':
      "import { dataProvider } from '@crosswalk/sdk'\nexport const listSites = dataProvider({ name: 'list_sites', description: 'Sites.' }, async () => [])",
  })
  const pool = givenPool(workspace.path)
  try {
    const { definitions, problems } = await pool.reload()
    assert.deepEqual(definitions.map(({ name }) => name).toSorted(), ['list_sites', 'right', 'wrong'])
    assert.deepEqual(problems, [
      {
        kind: 'workflow',
        file: 'workflows/wrong.ts',
        reason:
          "definition_invalid: The field where.site of the workflow wrong takes its options from the data provider 'list_site', and no file has that. There are: list_sites. Correct the name, or export one of that name from a file in data-providers/ that loads.",
      },
    ])
  } finally {
    await pool.close()
  }
})

test('a workspace without its folders is empty, not wrong', async () => {
  await using workspace = await temporaryWorkspace({})
  const pool = givenPool(workspace.path)
  try {
    const { definitions, problems } = await pool.reload()
    assert.deepEqual([definitions, problems], [[], []])
  } finally {
    await pool.close()
  }
})

test('what runs while the workspace changes finishes on the code it began with, and what begins then runs the new', async () => {
  const version = (text: string) =>
    `import { workflow } from '@crosswalk/sdk'\nexport const versioned = workflow({ name: 'versioned', description: 'Tells its version.' }, async (ctx) => { await ctx.log('info', 'begun'); await ctx.sleep(1_500); return '${text}' })\n`
  await using workspace = await temporaryWorkspace({ 'workflows/versioned.ts': version('old') })
  await using worker = await startTestWorker({ workspace: workspace.path })
  const before = worker.pool.loaded?.codeVersion
  const id = await worker.submit('versioned')
  await until('it has begun', async () => (await worker.lines(id)).length > 0)
  await workspace.write('workflows/versioned.ts', version('new'))
  const { codeVersion } = await worker.pool.reload()
  assert.notEqual(codeVersion, before)
  const later = await worker.run('versioned')
  assert.equal(later.result, 'new')
  assert.equal((await worker.ended(id)).result, 'old')
})

test('with --watch a worker publishes what a saved file defines, and what a removed one no longer does', async () => {
  await using api = await createTestApp()
  await using workspace = await temporaryWorkspace({ 'workflows/first.ts': workflowNamed('first') })
  const worker = await startWorkerProcess(api.databaseUrl, { workspace: workspace.path, arguments: ['--watch'] })
  try {
    const names = async () => (await listDefinitions(api.db, 'workflow')).map(({ name }) => name).join()
    assert.equal(await names(), 'first')
    await workspace.write('workflows/second.ts', workflowNamed('second'))
    await until('the second workflow is published', async () => (await names()) === 'first,second')
    await workspace.write('workflows/second.ts', 'export const = broken')
    await until('its problem is reported', async () => (await listProblems(api.db)).some(({ file }) => file === 'workflows/second.ts'))
    assert.equal(await names(), 'first')
  } finally {
    await endProcess(worker, 'SIGTERM')
  }
})
