import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FetchOutside } from '../src/credentials/tokens/asking.ts'

type Given = { path: string; headers: IncomingMessage['headers']; body: string; fields: Record<string, string> }
type Answer = { status?: number; headers?: Record<string, string>; body?: unknown }

/** A vendor that gives tokens, and answers calls with those that are good. */
export type TokenVendor = {
  url: string
  /** Requests for tokens, in order. */
  tokenRequests: Given[]
  /** Requests to end a token, in order. */
  revocations: Given[]
  calls: Given[]
  /** Tokens that calls may use. */
  good: Set<string>
  /** What is answered to the next requests for tokens, in place of a token. */
  answer: ((given: Given) => Answer | Promise<Answer>) | undefined
  /** The same of requests to end one, in place of 200. */
  answerRevocation: ((given: Given) => Answer | Promise<Answer>) | undefined
  expiresIn: number | undefined
} & AsyncDisposable

export async function startTokenVendor(): Promise<TokenVendor> {
  let count = 0
  const vendor = { tokenRequests: [] as Given[], revocations: [] as Given[], calls: [] as Given[], good: new Set<string>() }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const given = { path: request.url ?? '', headers: request.headers, body, fields: Object.fromEntries(new URLSearchParams(body)) }
    const send = ({ status = 200, headers = {}, body: sent = {} }: Answer) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(typeof sent === 'string' ? sent : JSON.stringify(sent))
    }
    if (given.path.includes('revoke')) {
      vendor.revocations.push(given)
      return send((await it.answerRevocation?.(given)) ?? {})
    }
    if (given.path.includes('token')) {
      vendor.tokenRequests.push(given)
      if (it.answer) return send(await it.answer(given))
      const token = `token-of-the-vendor-${++count}`
      vendor.good.add(token)
      return send({
        body: { access_token: token, token_type: 'Bearer', ...(it.expiresIn === undefined ? {} : { expires_in: it.expiresIn }) },
      })
    }
    vendor.calls.push(given)
    const [, token = ''] = /^Bearer (.*)$/.exec(given.headers.authorization ?? '') ?? []
    if (vendor.good.has(token)) return send({ body: { path: given.path } })
    send({ status: 401, body: { error: 'invalid_token' } })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const it: TokenVendor = {
    ...vendor,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: undefined,
    answerRevocation: undefined,
    expiresIn: 3_600,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return it
}

/** What the gateway does for the worker, without its rules. */
export const fetchDirectly: FetchOutside = async ({ method, url, headers, body, timeoutMs }) => {
  const answer = await fetch(url, { method, headers, body, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) }).catch((error) => {
    throw error.cause ?? error
  })
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
}
