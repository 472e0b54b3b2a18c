import type { FastifyBaseLogger } from 'fastify'
import type { SendMail } from './mail.ts'
import { addressOfLink, type MadeLink } from './person-links.ts'

const texts = {
  invitation: {
    subject: 'Your invitation to Crosswalk',
    sentence: 'You have been invited to Crosswalk. Open this link to choose a password. It works once, within a week.',
  },
  reset: {
    subject: 'A new password for Crosswalk',
    sentence: 'Open this link to choose a new password for Crosswalk. It works once, within a day. If you did not ask for it, do nothing.',
  },
} as const

/** Mails a link where mail is set up. A mail server that refuses is no reason to fail: the link can be copied. */
export async function mailLink(
  sendMail: SendMail | undefined,
  log: FastifyBaseLogger,
  origin: string,
  to: { email: string },
  link: MadeLink,
): Promise<{ isMailed: boolean; problem: string | null }> {
  if (!sendMail) return { isMailed: false, problem: null }
  const { subject, sentence } = texts[link.kind]
  try {
    await sendMail({ to: to.email, subject, text: `${sentence}\n\n${addressOfLink(origin, link)}\n` })
    return { isMailed: true, problem: null }
  } catch (error) {
    // What a mail server answers may quote the mail, which has the link in it.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    log.warn({ code }, 'a mail could not be sent')
    return { isMailed: false, problem: `The mail server did not take the mail (${code}). See CROSSWALK_SMTP_URL, or copy the link.` }
  }
}
