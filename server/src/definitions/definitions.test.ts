import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dataProviderDefinition, integrationDefinition, workflowDefinition } from '../../testing/given-definitions.ts'
import { createTestApp, testAdminKey } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { definitionError, findDefinition, getDefinition, listDefinitions, listProblems, publishDefinitions } from './definitions.ts'

test('a publication replaces all that was published before', async () => {
  await using app = await createTestApp()
  const problem = { kind: 'workflow', file: 'workflows/broken.ts', reason: 'It does not load.' } as const
  await publishDefinitions(app.db, {
    definitions: [integrationDefinition('halo'), workflowDefinition('sync')],
    problems: [problem],
    codeVersion: 'v1',
  })
  const second = { definitions: [integrationDefinition('ninja')], problems: [], codeVersion: 'v2' }
  await publishDefinitions(app.db, second)
  await publishDefinitions(app.db, second)
  const answer = await app.app.inject({
    url: '/api/audit?action=workspace.published',
    headers: { authorization: `Bearer ${testAdminKey}` },
  })
  const published = answer.json().events.map(({ target, changes }: { target: object; changes: object }) => [target, changes])
  assert.deepEqual(published, [
    [
      { type: 'workspace', id: 'v2' },
      { definitions: { before: null, after: 1 }, problems: { before: null, after: 0 } },
    ],
    [
      { type: 'workspace', id: 'v1' },
      { definitions: { before: null, after: 2 }, problems: { before: null, after: 1 } },
    ],
  ])
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
  assert.deepEqual(await getDefinition(app.db, 'integration', 'halo'), { ...halo, connections: [] })
})

test('publications of several workers at once leave one whole set, and only a change is told', async () => {
  await using app = await createTestApp()
  const told: string[] = []
  app.notifications.on('definitions.changed', null, (codeVersion) => void told.push(codeVersion))
  const setOf = (codeVersion: string) => ({
    definitions: ['a', 'b', 'c'].map((name) => workflowDefinition(`${name}_${codeVersion}`)),
    problems: [{ kind: 'workflow', file: `${codeVersion}.ts`, reason: 'It does not load.', isWarning: true } as const],
    codeVersion,
  })
  await Promise.all(Array.from({ length: 20 }, (_, index) => publishDefinitions(app.db, setOf(index % 2 === 0 ? 'v1' : 'v2'))))
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
  // What is told comes after the commit and in order: with the last version all before it have come.
  assert.equal(await publishDefinitions(app.db, setOf('v3')), true)
  await until('the third version is told', () => told.includes('v3'))
  assert.equal(await publishDefinitions(app.db, setOf('v3')), false)
  assert.equal(await publishDefinitions(app.db, setOf('v4')), true)
  await until('the fourth version is told', () => told.includes('v4'))
  assert.deepEqual(told.slice(told.indexOf('v3')), ['v3', 'v4'])
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
