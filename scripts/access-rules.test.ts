import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { brokenAccessRules, sourceFiles } from './access-rules.ts'

const files = sourceFiles(dirname(import.meta.dirname))
const withPlanted = (path: string, more: string) =>
  files.some((file) => file.path === path)
    ? files.map((file) => (file.path === path ? { path, text: `${file.text}${more}` } : file))
    : [...files, { path, text: more }]

test('who may reach what is decided in one place, and what spans all organizations has a reason', () => {
  assert.deepEqual(brokenAccessRules(files), [])
})

test('a planted violation of each kind is found', () => {
  for (const [path, text, found] of [
    ['server/src/history/planted.ts', "inScope(db, 'allOrganizations', work)", /planted\.ts works across all/],
    ['server/src/matching/matching.queries.ts', "\nreadInScope(db, 'allOrganizations', sql``)", /matching\.queries\.ts works 4 times/],
    ['server/src/history/planted.ts', 'const ids = request.principal.granted', /reads what a principal was granted/],
    ['server/src/history/planted.ts', 'const { granted } = request.principal', /reads what a principal was granted/],
    ['server/src/history/planted.ts', 'if (principal.organizations === undefined) return', /reads what a principal was granted/],
    ['server/src/history/planted.ts', "type Reach = 'all' | ReadonlySet<string>", /declares a Reach of its own/],
  ] as const) {
    const broken = brokenAccessRules(withPlanted(path, text))
    assert.equal(broken.length, 1, text)
    assert.match(broken[0] ?? '', found)
  }
  assert.match(
    brokenAccessRules(files.filter(({ path }) => path !== 'server/src/schedules/setting.ts'))[0] ?? '',
    /setting\.ts, which is not there/,
  )
})

test('asking which scope it is opens none', () => {
  assert.deepEqual(brokenAccessRules(withPlanted('server/src/history/planted.ts', "if (scope === 'allOrganizations') return []")), [])
})
