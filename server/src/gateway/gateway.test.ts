import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
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

test('an answer to the platform that comes packed is unpacked, and one that grows too large ends', async () => {
  await using parts = new AsyncDisposableStack()
  const packed = { '/gzip': gzipSync('\ufeff{"a":1}'), '/bomb': gzipSync(Buffer.alloc(1_000_000)), '/broken': Buffer.from('not packed') }
  const server = createServer((request, response) =>
    response.setHeader('content-encoding', 'gzip').end(packed[request.url as keyof typeof packed]),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  parts.defer(() => void server.close())
  const gateway = givenGateway()
  parts.defer(() => gateway.close())
  gateway.start()
  const { port } = server.address() as AddressInfo // it listens on a port
  const ask = (path: string) =>
    gateway.fetch({
      ...{ method: 'GET', url: `http://127.0.0.1:${port}${path}`, headers: {}, body: null, owner: 'acme' },
      ...{ timeoutMs: 30_000, maxBytes: 100_000 },
    })
  assert.equal((await ask('/gzip')).body, '{"a":1}')
  await assert.rejects(ask('/bomb'), { code: 'response_too_long' })
  await assert.rejects(ask('/broken'), { code: /^Z_/ })
})
