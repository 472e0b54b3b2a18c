import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dataProviderDefinition, integrationDefinition, workflowDefinition } from '../../testing/given-definitions.ts'
import { createTestApp } from '../../testing/test-app.ts'
import { definitionError, findDefinition, getDefinition, listDefinitions, listProblems, publishDefinitions } from './definitions.ts'

test('a publication replaces all that was published before', async () => {
  await using app = await createTestApp()
  const problem = { kind: 'workflow', file: 'workflows/broken.ts', reason: 'It does not load.' } as const
  await publishDefinitions(app.db, {
    definitions: [integrationDefinition('halo'), workflowDefinition('sync')],
    problems: [problem],
    codeVersion: 'v1',
  })
  await publishDefinitions(app.db, { definitions: [integrationDefinition('ninja')], problems: [], codeVersion: 'v2' })
  assert.deepEqual(
    (await listDefinitions(app.db, 'integration')).map(({ name }) => name),
    ['ninja'],
  )
  assert.deepEqual(await listDefinitions(app.db, 'workflow'), [])
  assert.deepEqual(await listProblems(app.db), [])
})

test('a definition comes back as it was published', async () => {
  await using app = await createTestApp()
  const halo = integrationDefinition('halo', {
    mappingDataSchema: { type: 'object', properties: { url: { type: 'string', format: 'uri' } } },
    description: 'Ünïcode "quoted"',
  })
  await publishDefinitions(app.db, { definitions: [halo], problems: [], codeVersion: 'v1' })
  assert.deepEqual(await getDefinition(app.db, 'integration', 'halo'), halo)
})

test('publications of several workers at once leave one whole set, and only a change is told', async () => {
  await using app = await createTestApp()
  let told = 0
  app.notifications.on('definitions.changed', null, () => void told++)
  const sets = ['v1', 'v2'].map((codeVersion) => ({
    definitions: ['a', 'b', 'c'].map((name) => workflowDefinition(`${name}_${codeVersion}`)),
    problems: [{ kind: 'workflow', file: `${codeVersion}.ts`, reason: 'It does not load.', isWarning: true } as const],
    codeVersion,
  }))
  await Promise.all(Array.from({ length: 20 }, (_, index) => publishDefinitions(app.db, sets[index % 2] as (typeof sets)[0])))
  const names = (await listDefinitions(app.db, 'workflow')).map(({ name }) => name)
  const version = names[0]?.slice(-2)
  assert.deepEqual(
    names,
    ['a', 'b', 'c'].map((name) => `${name}_${version}`),
  )
  assert.deepEqual(
    (await listProblems(app.db, 'workflow')).map(({ file, reason }) => [file, reason]),
    [[`${version}.ts`, 'It does not load.']],
  )
  const before = told
  const same = sets.find((set) => set.codeVersion === version) as (typeof sets)[0]
  assert.equal(await publishDefinitions(app.db, same), false)
  assert.equal(told, before)
})

test('a name that nothing is published under is answered with the names that there are', async () => {
  await using app = await createTestApp()
  await publishDefinitions(app.db, {
    definitions: [integrationDefinition('halo'), integrationDefinition('ninja')],
    problems: [],
    codeVersion: 'v1',
  })
  for (const name of ['acme', '', "x'; drop table definitions", 'a\0b', 'A'.repeat(300)]) {
    await assert.rejects(getDefinition(app.db, 'integration', name), (error) => {
      assert.ok(definitionError.is(error, 'integration_not_found'))
      assert.deepEqual(error.details.available, ['halo', 'ninja'])
      return true
    })
  }
  assert.equal(await findDefinition(app.db, 'workflow', 'halo'), undefined)
})

test('what is not of a definition’s form is a problem of its file, and all else is published', async () => {
  await using app = await createTestApp()
  const wrong = [
    { ...workflowDefinition('other'), timeoutMs: Number.NaN },
    { ...workflowDefinition('long'), timeoutMs: 100 * 86_400_000 },
    { ...workflowDefinition('nul'), description: 'a\0b' },
    { ...workflowDefinition('half'), tags: ['\ud800'] },
    { ...workflowDefinition('cron'), schedule: { cron: '*/90 * * * *' } },
    { ...workflowDefinition('unusable'), parametersSchema: { type: 'object', properties: { a: { pattern: '(' } } } },
    workflowDefinition('Not A Name'),
    { ...integrationDefinition('halo'), secrets: 'none' as never },
    { ...dataProviderDefinition('sites'), cacheSeconds: 1e9 },
    workflowDefinition('twice', { file: 'workflows/again.ts' }),
  ]
  await publishDefinitions(app.db, {
    definitions: [workflowDefinition('sync'), workflowDefinition('twice'), ...wrong, null as never, 7 as never],
    problems: [{ kind: 'workflow', file: 'workflows/loud.ts', reason: `\0\ud800${'x'.repeat(1_000_000)}` }],
    codeVersion: 'v2',
  })
  assert.deepEqual(
    (await listDefinitions(app.db, 'workflow')).map(({ name }) => name),
    ['sync', 'twice'],
  )
  const reasons = Object.fromEntries((await listProblems(app.db)).map(({ file, reason }) => [file, reason]))
  for (const { file } of wrong) assert.match(reasons[file] ?? '', /^definition_invalid: /, file)
  assert.match(reasons['workflows/unusable.ts'] ?? '', /Nothing can be checked by the schema of the parameters of unusable/)
  assert.match(reasons['workflows/cron.ts'] ?? '', /schedule .*'\*\/90' is not a minute/)
  assert.match(reasons['workflows/again.ts'] ?? '', /The name twice is taken by workflows\/twice\.ts/)
  assert.equal(reasons['workflows/loud.ts']?.length, 2_001)
})
