import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Notifications } from '../platform/database/notifications.ts'
import { rememberAccess } from './remembered.ts'

/** What is told by hand, and a look-up that counts itself. */
function given() {
  const listeners = new Map<string, (id: string) => void>()
  const state = { isConnected: true, looked: 0, now: 0 }
  const notifications = {
    on: (topic: string, _id: null, listener: (id: string) => void) => {
      listeners.set(topic, listener)
      return () => listeners.delete(topic)
    },
    onMissed: () => () => {},
    get isConnected() {
      return state.isConnected
    },
  } as unknown as Notifications // no more of it is used
  let toldHere = () => {}
  const db = {
    onTold(_topic: string, listener: () => void) {
      toldHere = listener
      return () => {}
    },
  }
  const known = rememberAccess<number>({ db, notifications }, { maxAgeMs: 100, now: () => state.now })
  const look = () => known.get('key', async () => ++state.looked)
  return { state, known, look, tell: (topic: string) => listeners.get(topic)?.('changed'), tellHere: () => toldHere() }
}

test('what was looked up is remembered for its time, and forgotten when something changes', async () => {
  const { state, look, tell, tellHere } = given()
  assert.deepEqual([await look(), await look()], [1, 1])
  state.now = 100
  assert.equal(await look(), 2)
  tell('access')
  assert.equal(await look(), 3)
  tellHere()
  assert.equal(await look(), 4)
})

test('a look-up that was under way when something changed is not remembered', async () => {
  const { known, look, tell } = given()
  const under = Promise.withResolvers<number>()
  const old = known.get('key', () => under.promise)
  tell('access')
  under.resolve(-1)
  assert.equal(await old, -1)
  assert.equal(await look(), 1)
})

test('nothing is remembered while nobody could tell, nor what there is not or what failed', async () => {
  const { state, known, look } = given()
  state.isConnected = false
  assert.deepEqual([await look(), await look()], [1, 2])
  state.isConnected = true
  assert.equal(await known.get('nothing', async () => undefined), undefined)
  assert.equal(await known.get('nothing', async () => 5), 5)
  await assert.rejects(async () => known.get('broken', () => Promise.reject(new Error('away'))))
  assert.equal(await known.get('broken', async () => 6), 6)
})
