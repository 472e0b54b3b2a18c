import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { brokenElementRules, brokenImportRules, elementFiles, type Import, importsOf } from './import-rules.ts'

const root = dirname(import.meta.dirname)
const imports = importsOf(root)
const planted = (...pairs: [from: string, to: string][]): Import[] => [
  ...imports,
  ...pairs.map(([from, to]) => ({ from, to, isOfTypes: false })),
]

test('every import of the repository goes down', () => {
  assert.ok(imports.length > 2_000)
  assert.deepEqual(brokenImportRules(imports), [])
  assert.deepEqual(brokenElementRules(elementFiles(root)), [])
})

for (const [rule, from, to, found] of [
  ['a package that may not be imported', 'sdk/src/planted.ts', 'server/src/platform/ids.ts', /sdk may import no other package/],
  ['a package by its name', 'admin/src/parts/planted.ts', 'server/', /admin may import client/],
  ['another package from the CLI', 'cli/src/commands/planted.ts', 'admin/src/paths.ts', /cli may import client, server/],
  [
    'a slice that stands later',
    'server/src/organizations/planted.ts',
    'server/src/mappings/mapping.ts',
    /mappings stands after organizations/,
  ],
  ['who puts a slice together', 'server/src/history/planted.ts', 'server/src/main.ts', /does not know who puts it together/],
  ['the list of slices, from a slice', 'server/src/upkeep/planted.ts', 'server/src/processes/slices.ts', /processes stands after upkeep/],
  ['a folder that is no slice', 'server/src/history/planted.ts', 'server/src/planted/planted.ts', /a folder that is no slice/],
  ['a slice, from a folder that is none', 'server/src/planted/planted.ts', 'server/src/platform/ids.ts', /a folder that is no slice/],
  [
    'queries of another slice',
    'server/src/history/planted.ts',
    'server/src/batches/batches.queries.ts',
    /another slice's queries are its own/,
  ],
  ['the server, from the runner', 'server/src/runner/planted.ts', 'server/src/platform/ids.ts', /knows the channel and nothing else/],
  ['the runner, from a slice', 'server/src/engine/planted.ts', 'server/src/runner/session.ts', /a folder that is no slice/],
  [
    'the process of the gateway, from who starts it',
    'server/src/gateway/planted.ts',
    'server/src/gateway/process/outside.ts',
    /is a process of its own/,
  ],
  [
    'who starts the gateway, from its process',
    'server/src/gateway/process/planted.ts',
    'server/src/gateway/gateway.ts',
    /does not know who starts it/,
  ],
  ['queries, from an element', 'admin/src/elements/planted.tsx', 'admin/src/queries/batches.ts', /queries stands after elements/],
  ['a part, from queries', 'admin/src/queries/planted.ts', 'admin/src/parts/status-badge.tsx', /parts stands after queries/],
  ['a page, from a part', 'admin/src/parts/planted.tsx', 'admin/src/batches/batch-page.tsx', /batches stands after parts/],
  ['another page', 'admin/src/schedules/planted.tsx', 'admin/src/batches/batch-page.tsx', /schedules and batches do not know each other/],
  ['a new page, from another', 'admin/src/schedules/planted.tsx', 'admin/src/planted/page.tsx', /schedules and planted do not know/],
  ['the shell, from a page', 'admin/src/batches/planted.tsx', 'admin/src/shell/shell.tsx', /shell stands after batches/],
  ['the routes, from the shell', 'admin/src/shell/planted.tsx', 'admin/src/routes.tsx', /routes\.tsx stands after shell/],
  ['a file without a place', 'admin/src/batches/planted.tsx', 'admin/src/planted.ts', /does not say where one of the two stands/],
  ['a command, from the output', 'cli/src/output/planted.ts', 'cli/src/commands/run.ts', /commands stands after output/],
  ['a command, from what is local', 'cli/src/local/planted.ts', 'cli/src/commands/run.ts', /commands stands after local/],
  ['what is local, from the output', 'cli/src/output/planted.ts', 'cli/src/local/connection.ts', /local stands after output/],
  ['the program, from a command', 'cli/src/commands/planted.ts', 'cli/src/program.ts', /program\.ts stands after commands/],
] as const) {
  test(`a planted import of ${rule} is found`, () => {
    const broken = brokenImportRules(planted([from, to]))
    assert.equal(broken.length, 1, broken.join('\n'))
    assert.match(broken[0] ?? '', found)
  })
}

test('planted circles are found: of files anywhere, and of folders within the engine, of code and of types', () => {
  const circle = (folder: string, isOfTypes: boolean) =>
    brokenImportRules([
      { from: `${folder}/one.ts`, to: `${folder}/two.ts`, isOfTypes },
      { from: `${folder}/two.ts`, to: `${folder}/one.ts`, isOfTypes },
    ])
  for (const folder of ['server/src/history', 'server/src/engine/state', 'cli/src/commands', 'admin/src/parts', 'sdk/src']) {
    for (const isOfTypes of [false, true])
      assert.match(circle(folder, isOfTypes).join(), /^These files import each other in a circle: .*one\.ts → .*two\.ts → .*one\.ts/)
  }
  const [engine, isOfTypes] = ['server/src/engine', true]
  const ofFolders = brokenImportRules([
    { from: `${engine}/journal/one.ts`, to: `${engine}/runs/two.ts`, isOfTypes },
    { from: `${engine}/runs/three.ts`, to: `${engine}/steps/four.ts`, isOfTypes },
    { from: `${engine}/steps/five.ts`, to: `${engine}/journal/six.ts`, isOfTypes },
  ])
  assert.match(ofFolders.join(), /^These folders import each other in a circle: .*journal → .*runs → .*steps → .*journal\.$/)
})

test('what tests look at breaks no rule, and a planted word of the product in an element does', () => {
  assert.deepEqual(brokenImportRules(planted(['server/src/platform/planted.test.ts', 'server/src/history/logs.ts'])), [])
  for (const text of ['/** Of an organization. */', 'function countedMappings() {}', 'const label = "Execution"']) {
    assert.match(brokenElementRules([{ path: 'admin/src/elements/planted.tsx', text }])[0] ?? '', /elements know no word of the product/)
    assert.deepEqual(brokenElementRules([{ path: 'admin/src/parts/planted.tsx', text }]), [])
  }
})
