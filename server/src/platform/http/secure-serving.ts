import { X509Certificate } from 'node:crypto'
import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:https'
import { Server as SecureServer } from 'node:tls'
import type { Logger } from 'pino'
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.ts'

const keepAliveMs = 72_000
const defaultLookEveryMs = 5_000

/** Older ones are refused, whatever Node is told to allow. A renewal has to say so again. */
const served = (certificate: Certificate) => ({ ...certificate, minVersion: 'TLSv1.2' as const })

/** What the framework needs to serve over TLS. */
export function secureServing({ cert, key }: Certificate, maxArrivalMs: number) {
  return {
    // Says only what its address begins with: the factory makes the server.
    https: {},
    serverFactory: (handler: RequestListener) =>
      createServer(
        {
          ...served({ cert, key }),
          handshakeTimeout: maxArrivalMs,
          headersTimeout: maxArrivalMs,
          requestTimeout: maxArrivalMs,
          keepAliveTimeout: keepAliveMs,
          connectionsCheckingInterval: Math.min(2_000, maxArrivalMs),
        },
        (request, response) => {
          // Whether a browser came by TLS is asked of this header alone, also where a proxy ends TLS.
          request.headers['x-forwarded-proto'] = 'https'
          handler(request, response)
        },
      ),
  }
}

export type RenewalOptions = { server: Server; files: CertificateFiles; certificate: Certificate; logger: Logger; lookEveryMs?: number }

/**
 * Serves new connections with what the files hold, from some seconds after they change. Connections that are open stay.
 * The files are read and not watched: they may be links, replaced by others, or on a disk of another machine.
 */
export function renewCertificate({ server, files, certificate, logger, lookEveryMs = defaultLookEveryMs }: RenewalOptions): {
  close(): void
} {
  if (!(server instanceof SecureServer)) throw new Error('Only a server over TLS has a certificate.')
  let inUse = certificate
  let isLooking = false
  let problem = ''
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    try {
      const found = await readCertificate(files)
      problem = ''
      if (found.cert.equals(inUse.cert) && found.key.equals(inUse.key)) return
      server.setSecureContext(served(found))
      inUse = found
      logger.info({ validTo: new X509Certificate(found.cert).validTo }, 'certificate renewed')
    } catch (error) {
      // One file may be written before the other: what is served stays, and it is told once.
      const reason = error instanceof Error ? error.message : String(error)
      if (reason !== problem) logger.warn({ reason }, 'certificate not renewed')
      problem = reason
    } finally {
      isLooking = false
    }
  }
  const timer = setInterval(() => void look(), lookEveryMs)
  timer.unref()
  return { close: () => clearInterval(timer) }
}
