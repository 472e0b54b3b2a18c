import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIdleLook } from './idle-memory.ts'

test('memory is given back once a process is idle, and again only after it has taken more', () => {
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
  heapBytes += megabyte
  look()
  assert.equal(collections, 1, 'a little')
  heapBytes += 10 * megabyte
  look()
  assert.equal(collections, 2)
})
