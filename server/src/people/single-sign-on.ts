import type { IncomingHttpHeaders } from 'node:http'
import { resolveGrantsWithin, setGrantsWithin, withRolesThatAreWithin } from '../access/granting.ts'
import { type Acting, changesBetween, recordAudit } from '../audit/audit.ts'
import type { GrantFields, PersonFields } from '../audit/audit-event.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { DomainError, defineErrors } from '../platform/errors.ts'
import { readPlatformSecret } from '../values/secrets/platform-secrets.ts'
import type { Auth } from './better-auth.ts'
import { deletePersonRow, deleteSessionsOf, lockPerson } from './people.queries.ts'
import { fieldsOfPerson, keepingAnAdministrator } from './people.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { originOf } from './person-cookie.ts'
import { groupNamesOfPerson } from './scim/provisioned-groups.queries.ts'
import { grantsOfGroups, type SingleSignOn } from './sign-in-setting.ts'
import { findSettings } from './sign-in-settings.queries.ts'
import { type Discovered, discover, groupsOf, ProviderProblem, providerFor, type Told } from './single-sign-on-provider.ts'

export const singleSignOnError = defineErrors({
  single_sign_on_not_set: { status: 409, message: 'No single sign-on is set up here. An administrator sets it up under People.' },
  single_sign_on_unavailable: {
    status: 502,
    message: 'The single sign-on does not answer as it should. Try again in a minute, or tell your administrator.',
  },
  single_sign_on_refused: {
    status: 401,
    message: 'The single sign-on did not sign you in. Try again; if it lasts, tell your administrator.',
  },
  single_sign_on_not_invited: {
    status: 403,
    message: 'You have no account here. Ask an administrator to invite you, by the address that your single sign-on knows you by.',
  },
  single_sign_on_unverified: {
    status: 403,
    message: 'The single sign-on has not verified your e-mail address. Verify it there, or ask an administrator to invite you.',
  },
  single_sign_on_no_role: {
    status: 403,
    message: 'None of your groups has a role here. Ask an administrator which group you need.',
  },
  only_single_sign_on: { status: 403, message: 'People sign in by single sign-on alone here. Use its button.' },
})

/** @throws only_single_sign_on */
export async function requirePasswordsTaken(db: Database): Promise<void> {
  if ((await findSettings(db)).singleSignOn?.is_only) throw singleSignOnError('only_single_sign_on')
}

/** Where a provider sends people back to. */
export const callbackUrlOf = (headers: IncomingHttpHeaders): string => `${originOf(headers)}/api/session/single-sign-on/callback`

/**
 * The library with the provider of this installation, made again for each sign-in: what the provider says of itself may have changed.
 *
 * @throws single_sign_on_not_set, single_sign_on_unavailable
 */
export async function openSingleSignOn(
  people: PeopleRuntime,
  headers: IncomingHttpHeaders,
): Promise<{ auth: Auth; settings: SingleSignOn; told: Told }> {
  const { singleSignOn: settings } = await findSettings(people.db)
  const secret = settings && (await readPlatformSecret(people, 'single_sign_on'))
  if (!settings || !secret) throw singleSignOnError('single_sign_on_not_set')
  let discovered: Discovered
  try {
    discovered = await discover(settings.issuer)
  } catch (error) {
    throw error instanceof ProviderProblem ? singleSignOnError('single_sign_on_unavailable') : error
  }
  const told: Told = {}
  const provider = providerFor({ settings, discovered, secret, redirectUri: callbackUrlOf(headers), told })
  return { auth: await people.openFor(headers, provider, () => void (told.hasMadePerson = true)), settings, told }
}

const acting = (requestId: string): Acting => ({
  actor: { type: 'system', id: 'single_sign_on', name: 'Single sign-on' },
  requestId,
})

/**
 * Gives a person who has just come by single sign-on what their groups give. Who has nothing then has no session either.
 *
 * @throws single_sign_on_no_role
 */
export async function grantByGroups(
  db: Database,
  requestId: string,
  personId: string,
  { settings, told }: { settings: SingleSignOn; told: Told },
): Promise<void> {
  const hasRole = await inScope(db, 'allOrganizations', (transaction) =>
    keepingAnAdministrator(transaction, async () => {
      // A role that was deleted since gives nothing.
      const groups = new Set(groupsOf(told.claims ?? {}, settings.groups_claim))
      // The provider may say the groups of a person by SCIM, too.
      for (const name of await groupNamesOfPerson(transaction, personId)) groups.add(name)
      const wanted = await withRolesThatAreWithin(transaction, grantsOfGroups(settings, groups))
      const person = await lockPerson(transaction, personId)
      if (!person) return false
      const isNew = told.hasMadePerson === true
      if (isNew && wanted.length === 0) {
        await deletePersonRow(transaction, personId)
        return false
      }
      // Whom an administrator has taken everything from since is not given it again.
      const isInvited = person.lastSignedInAt === null && person.grants.length === 0
      const decides = isNew || settings.manages_grants || isInvited
      if (decides) await replaceGrants(transaction, requestId, person, wanted, isNew)
      if ((decides ? wanted : person.grants).length > 0) return true
      await deleteSessionsOf(transaction, personId)
      return false
    }),
  ).catch((error: unknown) => {
    // The only administrator left, whose groups say otherwise: they stay what they are.
    if (error instanceof DomainError && error.code === 'last_administrator') return true
    throw error
  })
  if (!hasRole) throw singleSignOnError('single_sign_on_no_role')
}

async function replaceGrants(
  transaction: Transaction,
  requestId: string,
  person: NonNullable<Awaited<ReturnType<typeof lockPerson>>>,
  wanted: GrantFields[],
  isNew: boolean,
): Promise<void> {
  const before: Partial<PersonFields> = isNew ? {} : fieldsOfPerson(person)
  const changes = changesBetween(before, { ...fieldsOfPerson(person), grants: wanted })
  if (Object.keys(changes).length === 0) return
  await setGrantsWithin(transaction, { type: 'person', id: person.id }, await resolveGrantsWithin(transaction, wanted))
  await recordAudit(transaction, acting(requestId), {
    action: isNew ? 'person.created' : 'person.updated',
    organizationId: null,
    target: { type: 'person', id: person.id, name: person.name },
    changes,
  })
}
