import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { brokenStateRules, serverFiles } from './state-rules.ts'

const elsewhere = (text: string) => brokenStateRules([{ file: 'server/src/batches/steering.ts', text: `sql\`${text}\`` }])
const inside = (text: string) => brokenStateRules([{ file: 'server/src/engine/state/any.queries.ts', text: `sql\`${text}\`` }])

test('the code keeps the rule, and has statements to keep it with', () => {
  const files = serverFiles(dirname(import.meta.dirname))
  assert.deepEqual(brokenStateRules(files), [])
  // Every one of them is seen: as another slice's it would be refused.
  const moved = files
    .filter(({ file }) => file.startsWith('server/src/engine/state/'))
    .map(({ text }) => ({ file: 'server/src/any.ts', text }))
  assert.ok(brokenStateRules(moved).length >= 9)
})

test('a statement elsewhere that changes the status of executions is found, however it is written', () => {
  for (const planted of [
    "update executions set status = 'pending' where id = 1",
    "update executions e set worker_id = null, status = 'failed' from chosen where e.id = chosen.id",
    "UPDATE ONLY public.executions AS e\n  SET progress = 1,\n      STATUS='held'",
    "with gone as (update executions set status = 'cancelled' returning id) select 1",
    "update executions set progress = (select 1 from other where true), status = 'failed' where id = 1",
    "update executions set (worker_id, status) = (null, 'pending') where id = 1",
    // What is set is not to be seen here.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a template
    'update executions e set ${asTaken(workerId)} where id = 1',
    "insert into executions (id, status) values (1, 'running')",
    "merge into executions using given on true when matched then update set status = 'failed'",
  ])
    assert.equal(elsewhere(planted).length, 1, planted)
})

test('what does not change the status is nobody’s business', () => {
  for (const harmless of [
    "update executions set progress = 1 where id = 1 and status = 'running' returning id",
    "update executions e set worker_id = 'x', claim = e.claim + 1 from chosen where e.id = chosen.id and chosen.status = 'cancelling'",
    "update execution_steps set status = 'failed' where true",
    "select status from executions where status = 'pending' for update",
  ])
    assert.deepEqual(elsewhere(harmless), [], harmless)
})

test('within the folder a status that is not of the table of transitions is found', () => {
  assert.equal(inside("update executions set status = 'pending' where id = 1").length, 1)
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a template
  assert.deepEqual(inside("update executions e set status = ${after('claim', 'running')} where id = 1"), [])
})
