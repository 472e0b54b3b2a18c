import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// What both sides of the network row ask: something small, and something large as fast as it is taken.

const chunk = Buffer.alloc(65_536, 'x')

function pour(response: ServerResponse, bytes: number): void {
  let left = bytes
  const go = (): void => {
    while (left > 0) {
      left -= chunk.length
      if (!response.write(chunk)) return void response.once('drain', go)
    }
    response.end()
  }
  go()
}

const server = createServer((request, response) => {
  const bytes = Number(new URL(request.url ?? '/', 'http://outside').searchParams.get('bytes'))
  if (bytes > 0) pour(response, bytes)
  else response.end('{"id":42}')
})
server.listen(0, '127.0.0.1', () => process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }))
process.on('disconnect', () => process.exit(0))
