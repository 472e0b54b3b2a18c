import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startChaos } from '../testing/chaos.ts'

const seconds = Number(process.env.CROSSWALK_CHAOS_SECONDS ?? 45)
const seed = Number(process.env.CROSSWALK_CHAOS_SEED ?? Date.now() % 1_000_000)

test(`whatever dies for ${seconds} s, every accepted execution ends, does each step's effect once, and keeps its log in order`, {
  // Each wait in it has a limit of its own. This one is for a machine that others keep busy.
  timeout: (seconds + 480) * 1_000,
}, async (context) => {
  context.diagnostic(`CROSSWALK_CHAOS_SEED=${seed} CROSSWALK_CHAOS_SECONDS=${seconds} replays this run`)
  await using chaos = await startChaos(seed)
  const accepted = await chaos.run(seconds)
  context.diagnostic(`${accepted.length} executions accepted; ${chaos.acts.join(', ')}`)
  assert.ok(accepted.length > 10, 'the load went through')
  const endedAt = Date.now()
  await chaos.fleet.settle(120_000)
  context.diagnostic(`all had ended ${Date.now() - endedAt} ms after the last fault`)
  for (const execution of accepted) await chaos.fleet.assertWhole(execution, `seed ${seed}, `)
})
