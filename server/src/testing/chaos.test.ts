import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Accepted, startChaos } from './chaos.ts'

const seconds = Number(process.env.CROSSWALK_CHAOS_SECONDS ?? 25)
const seed = Number(process.env.CROSSWALK_CHAOS_SEED ?? Date.now() % 1_000_000)

test(`whatever dies for ${seconds} s, every accepted execution ends, does each step's effect once, and keeps its log in order`, {
  timeout: (seconds + 180) * 1_000,
}, async (context) => {
  context.diagnostic(`CROSSWALK_CHAOS_SEED=${seed} CROSSWALK_CHAOS_SECONDS=${seconds} replays this run`)
  await using chaos = await startChaos(seed)
  const accepted = await chaos.run(seconds)
  context.diagnostic(`${accepted.length} executions accepted; ${chaos.acts.join(', ')}`)
  assert.ok(accepted.length > 10, 'the load went through')
  await chaos.settle()
  for (const execution of accepted) await assertWhole(execution)

  async function assertWhole({ id, chains, length }: Accepted): Promise<void> {
    const execution = await chaos.execution(id)
    const shown = `seed ${seed}, execution ${id}`
    assert.equal(execution.status, 'success', `${shown}: ${execution.status} ${JSON.stringify(execution.error)}`)
    assert.deepEqual(
      execution.result,
      Array.from({ length: chains }, (_, chain) => chain * 1_000 * length + (length * (length - 1)) / 2),
      `${shown}: the results of its steps are mixed up`,
    )
    // A call that was cut off may arrive twice, but always under one key: the vendor does it once.
    const effects = chaos.effectsOf(id)
    assert.equal(effects.size, chains * length, `${shown}: ${effects.size} effects instead of ${chains * length}`)
    for (const [effect, keys] of effects) assert.equal(keys.size, 1, `${shown}: ${effect} came under ${keys.size} idempotency keys`)
    const lines = await chaos.lines(id)
    assert.deepEqual(
      lines.map(({ sequence }) => sequence),
      lines.map((_, index) => index),
      `${shown}: the log has gaps`,
    )
    const fromAuthor = lines.filter((line) => line.is_from_author).map(({ message }) => message)
    assert.equal(new Set(fromAuthor).size, chains * length, `${shown}: lines are missing`)
    assert.equal(fromAuthor.length, chains * length, `${shown}: lines are doubled`)
  }
})
