import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { listDefinitions, listProblems } from '../src/definitions/definitions.ts'
import { RunnerPool } from '../src/engine/runners/runner-pool.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { givenGateway } from '../testing/given-gateway.ts'
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
    gateway: givenGateway(),
    sessionsPerRunner: 4,
    maxRunners: 1,
    executionsPerRunner: 100,
  })
}

test('a file that does not load is reported with its reason, and the others continue', async () => {
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
        isWarning: true,
        reason:
          "definition_invalid: The field where.site of the workflow wrong takes its options from the data provider 'list_site', and no file has that. There are: list_sites. Correct the name, or export one of that name from a file in data-providers/ that loads.",
      },
    ])
  } finally {
    await pool.close()
  }
})

test('whatever a file holds is a problem of that file alone', async () => {
  const defined = (options: string) =>
    `import { workflow } from '@crosswalk/sdk'\nimport { z } from 'zod'\nexport const made = workflow({ name: 'bad', description: 'x', ${options} }, async () => 1)\n`
  const integration = (statics: string) =>
    `import { BaseIntegration } from '@crosswalk/sdk'\nexport class Bad extends BaseIntegration { static integrationName = 'bad'; ${statics}; getClient() {} testConnection() {} }\n`
  const bad: Record<string, [text: string, reason: RegExp]> = {
    'workflows/timeout.ts': [defined('timeoutMs: 100 * 86_400_000'), /timeoutMs 8640000000; it must be 2147483647 \(24 days\) at most/],
    'workflows/number.ts': [defined('description: 7'), /needs a description/],
    'workflows/nul.ts': [defined("description: 'a\\0b'"), /description with a NUL character/],
    'workflows/half.ts': [defined("tags: ['\\ud800']"), /tag with a NUL character or half/],
    'workflows/default.ts': [
      defined("parameters: z.object({ a: z.string().default('\\0') })"),
      /parameters of bad cannot be published: .*NUL/,
    ],
    'workflows/label.ts': [defined("parameters: z.object({ a: z.string().meta({ label: '\\udc00' }) })"), /half of a Unicode pair/],
    'workflows/huge.ts': [
      defined("parameters: z.object({ a: z.enum(Array.from({ length: 50_000 }, (_, i) => 'option ' + i)) })"),
      /larger than 256 KiB/,
    ],
    'workflows/cron.ts': [defined("schedule: { cron: '*/90 * * * *' }"), /a step is a number from 1 to 60/],
    'workflows/getter.ts': [
      "export default Object.freeze({ get x() { throw new Error('never asked') } })\nexport const made = new Proxy(() => 1, { has() { throw new Error('asked') } })\n",
      /asked \(export made\)/,
    ],
    'workflows/revoked.ts': ['const r = Proxy.revocable(() => 1, {}); r.revoke()\nexport const made = r.proxy\n', /revoked/],
    'workflows/fake.ts': [
      "export const made = Object.assign(() => 1, { [Symbol.for('crosswalk.workflow')]: true, definition: { name: 'x' } })\n",
      /\(export made\)/,
    ],
    'workflows/unnamed.ts': [
      "globalThis[Symbol.for('crosswalk.made_definitions')].push(new Proxy(() => 1, { has() { throw new Error('asked') } }))\n",
      /asked/,
    ],
    'workflows/thrown.ts': ["throw { get message() { throw new Error('no') }, get stack() { throw new Error('no') } }\n", /./],
    'workflows/proxy.ts': ["throw new Proxy({}, { get() { throw new Error('no') }, has() { throw new Error('no') } })\n", /./],
    'workflows/loud.ts': ["throw new Error('\\0\\ud800' + 'x'.repeat(20_000_000))\n", /^Error: /],
    'data-providers/cache.ts': [
      "import { dataProvider } from '@crosswalk/sdk'\nexport const made = dataProvider({ name: 'bad', description: 'x', cacheSeconds: 1e9 }, async () => [])\n",
      /cacheSeconds 1000000000/,
    ],
    'integrations/timeouts.ts': [integration('static timeoutsMs = { discovery: 2 ** 31 }'), /timeoutsMs\.discovery 2147483648/],
    'integrations/label.ts': [integration("static secrets = { key: { label: '\\0' } }"), /label of secrets\.key with a NUL/],
    'integrations/flag.ts': [integration("static sharedExternalOrgs = 'yes'"), /sharedExternalOrgs 'yes'; it must be true or false/],
    'integrations/getter.ts': [integration("static get secrets() { throw new Error('no secrets') }"), /no secrets \(export Bad\)/],
    'integrations/name.ts': [
      "import { BaseIntegration } from '@crosswalk/sdk'\nexport class Bad extends BaseIntegration { static integrationName = 'bad'; static name = 5; getClient() {} }\n",
      /does not define testConnection/,
    ],
  }
  await using api = await createTestApp()
  await using workspace = await temporaryWorkspace({
    'workflows/good.ts': workflowNamed('good'),
    ...Object.fromEntries(Object.entries(bad).map(([file, [text]]) => [file, text])),
  })
  const worker = await startWorkerProcess(api.databaseUrl, { workspace: workspace.path })
  try {
    assert.deepEqual(
      (await listDefinitions(api.db, 'workflow')).map(({ name }) => name),
      ['good'],
    )
    const reasons = Object.fromEntries((await listProblems(api.db)).map(({ file, reason }) => [file, reason]))
    for (const [file, [, reason]] of Object.entries(bad)) {
      assert.match(reasons[file] ?? '', reason, file)
      assert.ok((reasons[file]?.length ?? 0) <= 2_001, file)
    }
  } finally {
    await endProcess(worker, 'SIGTERM')
  }
})

const fieldsOf = (schema: JsonObject | undefined) => (schema?.properties ?? {}) as Record<string, { label?: string }>

for (const version of ['zod-4-0-5', 'zod-4-1-5', 'zod']) {
  test(`labels and data providers are read from the workspace’s own zod (${version})`, async () => {
    await using workspace = await temporaryWorkspace({
      'workflows/labelled.ts': `import { workflow } from '@crosswalk/sdk'
import { z } from '${version}'
const site = z.string().meta({ label: 'Site', dataProvider: 'list_sites' })
export const made = workflow({ name: 'labelled', description: 'x', parameters: z.object({
  site, count: z.number().int().min(1).describe('How many'), when: z.iso.date().optional().meta({ label: 'Day' }),
  sites: z.array(site).default([]), kind: z.enum(['a', 'b']).default('a'),
}).meta({ title: 'Form' }) }, async () => 1)\n`,
      'integrations/labelled.ts': `import { BaseIntegration } from '@crosswalk/sdk'
import { z } from '${version}'
export class Labelled extends BaseIntegration { static integrationName = 'labelled'; static mappingData = z.object({ site: z.string().meta({ label: 'Site', dataProvider: 'list_sites' }) }); getClient() {} testConnection() {} }\n`,
      'data-providers/sites.ts': `import { dataProvider } from '@crosswalk/sdk'
import { z } from '${version}'
export const listSites = dataProvider({ name: 'list_sites', description: 'Sites.', parameters: z.object({ of: z.string().meta({ label: 'Of' }).default('x') }) }, async () => [])\n`,
    })
    const pool = givenPool(workspace.path)
    try {
      const { definitions, problems } = await pool.reload()
      assert.deepEqual(problems, [])
      const schemas = Object.fromEntries(
        definitions.map((definition) => [
          definition.kind,
          definition.kind === 'integration' ? definition.mappingDataSchema : definition.parametersSchema,
        ]),
      )
      const site = { type: 'string', label: 'Site', dataProvider: 'list_sites' }
      assert.deepEqual(schemas.workflow, {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: 'Form',
        type: 'object',
        properties: {
          site,
          count: { description: 'How many', type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
          when: { label: 'Day', ...fieldsOf(schemas.workflow).when },
          sites: { default: [], type: 'array', items: site },
          kind: { default: 'a', type: 'string', enum: ['a', 'b'] },
        },
        required: ['site', 'count'],
      })
      assert.deepEqual(fieldsOf(schemas.workflow).when?.label, 'Day')
      assert.deepEqual(fieldsOf(schemas.integration).site, site)
      assert.deepEqual(fieldsOf(schemas.data_provider).of?.label, 'Of')
    } finally {
      await pool.close()
    }
  })
}

test('a form of an old zod/mini, whose labels nobody can read, is a problem of its file', async () => {
  const file = (version: string, name: string) =>
    `import { workflow } from '@crosswalk/sdk'\nimport * as z from '${version}/mini'\nexport const made = workflow({ name: '${name}', description: 'x', parameters: z.object({ a: z.optional(z.string()) }) }, async () => 1)\n`
  await using workspace = await temporaryWorkspace({
    'workflows/old.ts': file('zod-4-0-5', 'old'),
    'workflows/new.ts': file('zod', 'new_one'),
  })
  const pool = givenPool(workspace.path)
  try {
    const { definitions, problems } = await pool.reload()
    assert.deepEqual(
      definitions.map(({ name }) => name),
      ['new_one'],
    )
    assert.match(problems[0]?.reason ?? '', /made with zod\/mini 4\.0\.5, whose labels cannot be read from outside\. Import z from 'zod'/)
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
    assert.equal(await names(), 'first,second', 'what loaded last is kept')
    const second = async () => (await listDefinitions(api.db, 'workflow')).find(({ name }) => name === 'second')
    assert.ok((await second())?.missingSince)
    await workspace.write('workflows/second.ts', workflowNamed('second', '// mended'))
    await until('it loads again', async () => (await second())?.missingSince === undefined)
    await rm(join(workspace.path, 'workflows/second.ts'))
    await until('the removed one is gone', async () => (await names()) === 'first')
  } finally {
    await endProcess(worker, 'SIGTERM')
  }
})
