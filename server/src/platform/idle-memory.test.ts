import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIdleLook } from './idle-memory.ts'

test('memory is given back once a process is idle, and again only after it has taken more and was idle for a minute', () => {
  const megabyte = 2 ** 20
  let [heapBytes, utilization, collections] = [60 * megabyte, 0.5, 0]
  const look = createIdleLook({
    collect() {
      collections++
      heapBytes = 20 * megabyte
    },
    heapBytes: () => heapBytes,
    utilization: () => utilization,
  })
  look()
  assert.equal(collections, 0, 'busy')
  utilization = 0.01
  look()
  assert.equal(collections, 1)
  const lookFor = (times: number) => {
    for (let time = 0; time < times; time++) look()
  }
  heapBytes += megabyte
  lookFor(30)
  assert.equal(collections, 1, 'a little')
  utilization = 0.5
  lookFor(3)
  utilization = 0.01
  heapBytes += 10 * megabyte
  lookFor(11)
  assert.equal(collections, 1, 'a pause')
  look()
  assert.equal(collections, 2)
})

test('what is done every minute does not keep an idle process from giving memory back, and after a busy hour a pause is no reason to', () => {
  let [utilization, collections] = [0.5, 0]
  const heapBytes = () => (collections === 0 ? 60 : 20) * 2 ** 20
  const look = createIdleLook({ collect: () => void collections++, heapBytes, utilization: () => utilization })
  for (let time = 0; time < 100; time++) look()
  for (let minute = 0; minute < 2; minute++) {
    for (let time = 0; time < 11; time++) {
      utilization = 0.01
      look()
      if (minute === 0) assert.equal(collections, 0)
    }
    utilization = 0.2
    look()
  }
  assert.equal(collections, 1)
})
