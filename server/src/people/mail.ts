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
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs }
  // Loaded with the first mail: most processes never send one.
  const open = async () => (await import('nodemailer')).createTransport(url, { from, ...timeouts } as object)
  let transport: ReturnType<typeof open> | undefined
  return async ({ to, subject, text }) => {
    transport ??= open()
    await (await transport).sendMail({ from, to, subject, text, disableFileAccess: true, disableUrlAccess: true })
  }
}
