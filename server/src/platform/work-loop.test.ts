import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWorkLoop } from './work-loop.ts'

test('one round at a time; what is wanted meanwhile, also in the very moment of the end, is done in another', async () => {
  let wanted = 0
  let rounds = 0
  let isWorking = false
  const loop = createWorkLoop(
    () => wanted > 0,
    async () => {
      assert.equal(isWorking, false)
      isWorking = true
      wanted = 0
      await Promise.resolve()
      rounds++
      isWorking = false
    },
    assert.ifError,
  )
  loop.wake()
  assert.equal(rounds, 0, 'without work it does not begin')
  const want = () => {
    wanted++
    loop.wake()
  }
  // Each at another microtask after the last round.
  for (let turns = 0; turns < 12; turns++) {
    want()
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    want()
    await loop.settled()
    assert.equal(wanted, 0, `woken ${turns} microtasks later`)
  }
  assert.ok(rounds >= 12)
})

test('a failure ends the loop until it is woken again', async () => {
  const failures: unknown[] = []
  let rounds = 0
  const loop = createWorkLoop(
    () => rounds < 2,
    async () => {
      rounds++
      throw new Error(`round ${rounds}`)
    },
    (error) => failures.push(error),
  )
  loop.wake()
  await loop.settled()
  assert.equal(failures.length, 1)
  loop.wake()
  await loop.settled()
  assert.equal(failures.length, 2)
})
