import { createTransport } from 'nodemailer'

export type Mail = { to: string; subject: string; text: string }
/** Sends a mail. Throws where the mail server does not take it. */
export type SendMail = (mail: Mail) => Promise<void>

const timeoutMs = 10_000

/**
 * Sends through a mail server.
 *
 * @param url `smtp://user:password@host:587` or `smtps://…`
 * @param from what mails are from: `Crosswalk <crosswalk@example.com>`
 */
export function mailThrough(url: string, from: string): SendMail {
  const transport = createTransport(url, {
    from,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  } as object)
  return async ({ to, subject, text }) => {
    await transport.sendMail({ from, to, subject, text, disableFileAccess: true, disableUrlAccess: true })
  }
}
