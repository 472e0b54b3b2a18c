import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { json } from 'node:stream/consumers'
import { connect as connectSecurely } from 'node:tls'
import type { Certificate } from '../platform/http/certificate.ts'

const patienceMs = 10_000

/** A connection to our own API. Its certificate may be for a name that leads elsewhere from here, so it is compared with the file's. */
async function connectTo({ protocol, hostname, port }: URL, certificate: Certificate | undefined): Promise<Socket> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const signal = AbortSignal.timeout(patienceMs)
  if (!certificate) {
    const socket = connect(Number(port || 80), host).on('error', () => {})
    await once(socket, 'connect', { signal })
    return socket
  }
  const socket = connectSecurely({ host, port: Number(port || 443), rejectUnauthorized: false }).on('error', () => {})
  await once(socket, 'secureConnect', { signal })
  if (socket.getPeerX509Certificate()?.fingerprint256 === new X509Certificate(certificate.cert).fingerprint256) return socket
  socket.destroy()
  throw new Error(`What listens on ${protocol}//${hostname}:${port} is not ours.`)
}

/** The token of a link that signs a browser in, once. Undefined where none could be had: the administrator key does as well. */
export async function signInToken(
  servedAt: string,
  adminApiKey: string,
  certificate: Certificate | undefined,
): Promise<string | undefined> {
  try {
    const url = new URL(servedAt)
    const socket = await connectTo(url, certificate)
    try {
      const asked = request({
        createConnection: () => socket,
        method: 'POST',
        path: '/api/session/tokens',
        headers: { host: url.host, authorization: `Bearer ${adminApiKey}` },
        signal: AbortSignal.timeout(patienceMs),
      })
      asked.end()
      const [answer] = await once(asked, 'response')
      const { token } = (await json(answer)) as { token?: string }
      return token
    } finally {
      socket.destroy()
    }
  } catch {
    return undefined
  }
}
