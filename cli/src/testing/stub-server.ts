import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** JSON, or with `write` whatever the test does to the response. */
export type StubAnswer = { status?: number; body?: unknown } | { write(response: ServerResponse): void }
type StubRoute = StubAnswer | ((request: StubRequest) => StubAnswer)
export type StubRequest = {
  method: string
  path: string
  query: Record<string, string>
  headers: IncomingMessage['headers']
  body: unknown
}

/** A server that speaks the contract's JSON as far as a test needs. */
export type StubServer = AsyncDisposable & { url: string; requests: StubRequest[]; on(route: string, answer: StubRoute): void }

/** Routes are spelled `GET /api/organizations`; what has none is 404 in the contract's form. */
export async function startStubServer(): Promise<StubServer> {
  const routes = new Map<string, StubRoute>()
  const requests: StubRequest[] = []
  const server = createServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://stub')
    let text = ''
    for await (const chunk of incoming) text += String(chunk)
    const request = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: incoming.headers,
      body: text ? (JSON.parse(text) as unknown) : undefined,
    }
    requests.push(request)
    const route = routes.get(`${request.method} ${request.path}`) ?? {
      status: 404,
      body: errorBody('route_not_found', 'There is no such route.'),
    }
    const answer = typeof route === 'function' ? route(request) : route
    if ('write' in answer) return answer.write(response)
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' })
    response.end(answer.body === undefined ? '' : JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('A listening server has a port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    on: (route, answer) => void routes.set(route, answer),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** An error as the contract spells it. */
export function errorBody(error: string, message: string, details: object = {}) {
  return { error, message, details, request_id: 'req-1' }
}
