import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { executionStatuses } from '../server/src/engine/state/execution.ts'
import { endStatuses, type StoredStatus, transitions } from '../server/src/engine/state/transitions.ts'
import { root } from './pages.ts'

const path = join(root, 'docs/durability.md')
const begin = '<!-- drawn from server/src/engine/state/transitions.ts by docs/states.test.ts -->'
const end = '<!-- to here -->'

const named = (statuses: readonly string[]) => statuses.map((status) => `\`${status}\``).join(', ')

/** The table of the page, as the code has it. */
function drawn(): string {
  const rows = Object.values(transitions).map(({ from, to, when, by }) => {
    const before = from.length === 0 ? 'nothing' : named(from)
    return `| ${before} | ${named(to)} | ${when} | ${by} |`
  })
  return ['| from | to | when | by |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

test('docs/durability.md has the table of transitions as the code has it', () => {
  const text = readFileSync(path, 'utf8')
  const [before, rest = ''] = text.split(`${begin}\n\n`)
  const [shown, after] = rest.split(`\n\n${end}`)
  assert.ok(after !== undefined, `docs/durability.md has no table between "${begin}" and "${end}".`)
  if (process.argv.includes('--draw')) writeFileSync(path, `${before}${begin}\n\n${drawn()}\n\n${end}${after}`)
  else assert.equal(shown, drawn(), 'Draw it again: node docs/states.test.ts --draw')
})

test('every status is reached, every one that is no end is left, and no end is', () => {
  const all = Object.values(transitions)
  const reached = new Set<StoredStatus>(all.flatMap(({ to }) => [...to]))
  const left = new Set<StoredStatus>(all.flatMap(({ from }) => [...from]))
  assert.deepEqual([...reached].sort(), [...executionStatuses, 'held'].sort())
  for (const status of reached) assert.equal(left.has(status), !(endStatuses as readonly StoredStatus[]).includes(status), status)
})
