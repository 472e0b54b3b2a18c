import { isLoopbackName } from '../platform/http/addresses.ts'

export type Mail = { to: string; subject: string; text: string }
/** Sends a mail. Throws where the mail server does not take it. */
export type SendMail = (mail: Mail) => Promise<void>

const timeoutMs = 10_000

/** True for a server on another machine: it is talked to with TLS from the start (`smtps:`) or after its greeting, or gets no mail. */
export function mustEncryptMail(url: string, allowsPlain: boolean): boolean {
  return !allowsPlain && !isLoopbackName(new URL(url).hostname.replace(/^\[|\]$/g, '').toLowerCase())
}

/**
 * Sends through a mail server.
 *
 * @param url `smtp://user:password@host:587` or `smtps://…`
 * @param from what mails are from: `Crosswalk <crosswalk@example.com>`
 * @param allowsPlain takes a server on another machine that has no TLS
 */
export function mailThrough(url: string, from: string, allowsPlain = false): SendMail {
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs }
  const options = { url, requireTLS: mustEncryptMail(url, allowsPlain), ...timeouts }
  // Loaded with the first mail: most processes never send one.
  const open = async () => (await import('nodemailer')).createTransport(options, { from })
  let transport: ReturnType<typeof open> | undefined
  return async ({ to, subject, text }) => {
    transport ??= open()
    await (await transport).sendMail({ from, to, subject, text, disableFileAccess: true, disableUrlAccess: true })
  }
}
