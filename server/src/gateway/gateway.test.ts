import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenGateway } from '../../testing/given-gateway.ts'
import { until } from '../../testing/until.ts'

test('a gateway that the system does not start is started again, and can be closed meanwhile', async () => {
  const { execPath } = process
  const [gateway, other] = [givenGateway(), givenGateway()]
  try {
    process.execPath = '/nowhere/node'
    gateway.start()
    other.start()
    assert.equal(gateway.pid, undefined)
    await other.close()
  } finally {
    process.execPath = execPath
  }
  await until('it runs', () => gateway.pid !== undefined)
  await gateway.close()
})
