import { z } from 'zod'
import { grantView } from '../access/grants.ts'
import { lineOfText } from '../platform/http/text.ts'
import type { Person } from './person.ts'
import { addressOfLink, type MadeLink } from './person-links.ts'

export const emailField = z
  .email('must be an e-mail address')
  .max(254)
  .transform((text) => text.toLowerCase())
export const nameField = lineOfText(200)

export const personView = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    state: z.enum(['active', 'invited', 'deactivated']).describe('Who is invited has nothing to sign in with yet.'),
    grants: z.array(grantView),
    signs_in_with: z.array(z.enum(['password', 'single_sign_on', 'passkey'])),
    has_second_factor: z.boolean(),
    last_signed_in_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Person' })

export function viewOfPerson(person: Person): z.input<typeof personView> {
  return {
    id: person.id,
    email: person.email,
    name: person.name,
    state: person.state,
    grants: person.grants,
    signs_in_with: person.signsInWith,
    has_second_factor: person.hasSecondFactor,
    last_signed_in_at: person.lastSignedInAt?.toISOString() ?? null,
    created_at: person.createdAt.toISOString(),
  }
}

export const linkView = z
  .object({
    kind: z.enum(['invitation', 'reset']),
    url: z.string().describe('Works once, and is shown once.'),
    expires_at: z.iso.datetime(),
    is_mailed: z.boolean().describe('True where it was sent to the person by mail.'),
    mail_problem: z.string().nullable().describe('Why it was not, although mail is set up.'),
  })
  .meta({ id: 'PersonLink' })

export function viewOfLink(
  origin: string,
  link: MadeLink,
  mailed: { isMailed: boolean; problem: string | null },
): z.input<typeof linkView> {
  return {
    kind: link.kind,
    url: addressOfLink(origin, link),
    expires_at: link.expiresAt.toISOString(),
    is_mailed: mailed.isMailed,
    mail_problem: mailed.problem,
  }
}
