import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { StartError, systemCodeOf } from '../start-error.ts'

/** Where an operator keeps a certificate, with those between it and its authority, and its key: PEM, absolute paths. */
export type CertificateFiles = { certificateFile: string; keyFile: string }

export type Certificate = { cert: Buffer; key: Buffer }

const unreadable: Record<string, string> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder',
}

async function readNamed(variable: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    const isWrong = unreadable[systemCodeOf(error)] ?? `cannot be read (${systemCodeOf(error)})`
    throw new StartError(
      'certificate_not_usable',
      `The file ${file} in ${variable} ${isWrong}. Correct the path, or the rights of the file.`,
    )
  }
}

/**
 * Reads a certificate and its key, and sees that they are a pair.
 *
 * @throws StartError certificate_not_usable
 */
export async function readCertificate({ certificateFile, keyFile }: CertificateFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([readNamed('CROSSWALK_TLS_CERT', certificateFile), readNamed('CROSSWALK_TLS_KEY', keyFile)])
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new StartError(
      'certificate_not_usable',
      `The certificate in ${certificateFile} and the key in ${keyFile} do not go together, or are not PEM without a password. Put the certificate, those of its authorities below it, and its own key there.`,
      { cause: error },
    )
  }
  return { cert, key }
}

/** The address that people use: of the names of this installation the first that the certificate is for. */
export function namedUrl(servedAt: string, { cert }: Certificate, publicHosts: readonly string[]): string {
  const certificate = new X509Certificate(cert)
  const url = new URL(servedAt)
  const name = publicHosts.find((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
  if (name !== undefined) url.hostname = name
  return url.origin
}
