import { createSocket } from 'node:dgram'
import { connect as connectPlain, isIPv6, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { connect as connectSecure } from 'node:tls'
import { type Sink, SinkFailure } from './sink.ts'
import { syslogMessage } from './syslog-message.ts'

const connectMs = 10_000
/** A receiver closes when we do. One that does not has got everything all the same: the system has sent it. */
const closeMs = 5_000
/** What every network carries in one datagram, or in a few. */
const maxDatagramBytes = 8_192

const failureOf = (place: string, error: unknown) =>
  new SinkFailure(`${place} does not take events (${error instanceof Error && 'code' in error ? error.code : error}).`)

/** Each message has its length before it: https://www.rfc-editor.org/rfc/rfc6587#section-3.4.1, and RFC 5425 for TLS. */
const framed = (message: string) => `${Buffer.byteLength(message)} ${message}`

/** Writes to a connection of its own and closes it, so that one that was cut shows. */
function sendStream(socket: Socket, place: string, isSecure: boolean, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let closing: NodeJS.Timeout | undefined
    const end = (error?: unknown) => {
      clearTimeout(opening)
      clearTimeout(closing)
      socket.destroy()
      if (error === undefined) resolve()
      else reject(failureOf(place, error))
    }
    const opening = setTimeout(() => end('it took too long'), connectMs)
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      clearTimeout(opening)
      socket.end(text, () => {
        closing = setTimeout(end, closeMs)
      })
    })
    socket.resume()
    socket.once('error', end)
    socket.once('close', (hadError) => {
      if (!hadError) end(socket.bytesWritten > 0 ? undefined : 'it closed the connection')
    })
  })
}

function sendDatagrams(host: string, port: number, place: string, messages: readonly string[]): Promise<void> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  const one = (message: string) =>
    new Promise<void>((resolve, reject) => {
      socket.send(message, port, host, (error) => (error ? reject(failureOf(place, error)) : resolve()))
    })
  return Promise.all(messages.map(one)).then(
    () => void socket.close(),
    (error: unknown) => {
      socket.close()
      throw error
    },
  )
}

/** @param address as CROSSWALK_AUDIT_SYSLOG: tls://, tcp:// or udp://, with a port */
export function openSyslog(address: string): Sink {
  const url = new URL(address)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(url.port)
  const place = `${url.protocol}//${url.host}`
  const own = hostname()
  return {
    name: 'syslog',
    place,
    async send(events) {
      if (url.protocol === 'udp:') {
        const messages = events.map((event) => syslogMessage(event, own, maxDatagramBytes))
        return sendDatagrams(host, port, place, messages)
      }
      const text = events.map((event) => framed(syslogMessage(event, own))).join('')
      const isSecure = url.protocol === 'tls:'
      const socket = isSecure ? connectSecure({ host, port, ...(isIPv6(host) ? {} : { servername: host }) }) : connectPlain({ host, port })
      return sendStream(socket, place, isSecure, text)
    },
  }
}
