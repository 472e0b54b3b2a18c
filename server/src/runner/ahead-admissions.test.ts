import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { AheadAdmissions } from './ahead-admissions.ts'

/** Gives as many as are asked for, or none. */
function given(isRoom = true) {
  const asked: number[] = []
  let exchanges = 0
  const ahead = new AheadAdmissions(async (count) => {
    asked.push(count)
    return isRoom ? Array.from({ length: count }, () => ({ ticket: 't', exchange: String(++exchanges) })) : []
  })
  /** Takes for so many calls, one each millisecond. @returns how many of them had one ready */
  const call = async (times: number, fromMs: number) => {
    let ready = 0
    for (let time = 0; time < times; time++) {
      if (ahead.take(fromMs + time)) ready++
      await setImmediate()
    }
    return ready
  }
  return { ahead, asked, call }
}

test('code that makes one call after another has the next ones ready, and asks the platform for few of them', async () => {
  const { asked, call } = given()
  assert.ok((await call(200, 0)) >= 190)
  assert.ok(asked.length <= 25, `it asked ${asked.length} times`)
  assert.ok(Math.max(...asked) <= 32)
})

test('code that calls now and then has nothing ready', async () => {
  const { ahead, asked } = given()
  for (let time = 0; time < 10; time++) {
    assert.equal(ahead.take(time * 100), undefined)
    await setImmediate()
  }
  assert.deepEqual(asked, [])
})

test('each is given once, and none that has become old', async () => {
  const { ahead, call } = given()
  await call(40, 0)
  const taken = new Set<string>()
  for (let admission = ahead.take(50); admission; admission = ahead.take(50)) {
    assert.ok(!taken.has(admission.exchange))
    taken.add(admission.exchange)
  }
  await call(10, 60)
  assert.equal(ahead.take(700), undefined)
})

test('after one that was late all are dropped, and for a while none are asked for', async () => {
  const { ahead, asked, call } = given()
  await call(20, 0)
  const before = asked.length
  ahead.drop(20)
  assert.equal(await call(100, 21), 0)
  assert.equal(asked.length, before)
  assert.ok((await call(20, 1_100)) > 0)
})

test('where there is no room, it is not asked for with each call', async () => {
  const { asked, call } = given(false)
  assert.equal(await call(100, 0), 0)
  assert.ok(asked.length <= 6)
})
