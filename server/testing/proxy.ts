import { once } from 'node:events'
import { createServer, type RequestListener, request as send } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { TestCertificate } from './certificates.ts'

/** A proxy that leads whatever it is asked for to ports of this machine. */
export type TestProxy = {
  url: string
  /** What it was asked for, in order: `CONNECT vendor.test:443`, `GET http://vendor.test/`. */
  asked: string[]
  /** The status of its own that it answers everything with. */
  refusal: number | undefined
} & AsyncDisposable

/**
 * @param ports where connections and plain requests go to
 * @param certificate of the proxy itself, which then speaks TLS
 */
export async function startProxy(
  authorization: string | undefined,
  ports: { secure: number; plain: number },
  certificate?: TestCertificate,
): Promise<TestProxy> {
  const ask = (asked: string, given: string | undefined): number | undefined => {
    proxy.asked.push(asked)
    return given === authorization ? proxy.refusal : 407
  }
  const serve: RequestListener = (request, response) => {
    const refusal = ask(`${request.method} ${request.url}`, request.headers['proxy-authorization'])
    if (refusal !== undefined) return void response.writeHead(refusal).end()
    const { pathname } = new URL(request.url ?? '')
    const { 'proxy-authorization': _, ...headers } = request.headers
    const passedOn = send({ port: ports.plain, path: pathname, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(passedOn)
  }
  const server = certificate ? createSecureServer(certificate, serve) : createServer(serve)
  server.on('connect', (request, socket) => {
    const refusal = ask(`CONNECT ${request.url}`, request.headers['proxy-authorization'])
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`)
    const outside = connect(ports.secure, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(outside).pipe(socket)
    })
    for (const end of [socket, outside]) end.on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: TestProxy = {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    refusal: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
  return proxy
}
