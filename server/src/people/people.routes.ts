import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { grantFields } from '../access/grants.ts'
import type { Principal } from '../access/principal.ts'
import { requireAllOrganizations } from '../access/reach.ts'
import { inScope } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { lineOfText, wireId } from '../platform/http/text.ts'
import type { SendMail } from './mail.ts'
import { mailLink } from './mailed-links.ts'
import { countPeople, listPeopleRows } from './people.queries.ts'
import {
  type Changing,
  createPersonWithin,
  deactivatePerson,
  getPerson,
  holdPersonWithin,
  reactivatePerson,
  removePerson,
  updatePerson,
} from './people.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { originOf } from './person-cookie.ts'
import { createLinkWithin } from './person-links.ts'
import { emailField, linkView, nameField, personView, viewOfLink, viewOfPerson } from './person-view.ts'

const grants = z.array(grantFields).max(50)
const draftBody = z.strictObject({ email: emailField, name: nameField, grants })
const patchBody = z
  .strictObject({ email: emailField.optional(), name: nameField.optional(), grants: grants.optional() })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'must have at least one field to change')
const personParams = z.object({ id: wireId.describe('The person.') })
const personWithLink = z.object({ person: personView, link: linkView })

/** People are of the installation, and so is what can be said of them. */
function requireAll(principal: Principal): void {
  requireAllOrganizations(
    principal,
    'People are of the whole installation. Managing them needs the permission canManagePeople for all organizations.',
  )
}

function changingOf(request: { principal: Principal; requestId: string; address: string }): Changing {
  requireAll(request.principal)
  return { principal: request.principal, acting: actingOf(request) }
}

/** `/api/people`: who signs in, and what they may. */
export function peopleRoutes({ people, sendMail }: { people: PeopleRuntime; sendMail: SendMail | undefined }): Route[] {
  const { db } = people
  const linkRoute = (verb: 'invite' | 'reset', operationId: string, summary: string) =>
    definePrincipalRoute({
      method: 'POST',
      path: `/people/:id/${verb}`,
      operationId,
      tag: 'People',
      summary,
      description:
        'The link works once, and replaces earlier ones. A reset takes the second factor and passkeys away as well. It is mailed where mail is set up.',
      permission: 'canManagePeople',
      needsProof: true,
      audit: { action: verb === 'invite' ? 'person.invited' : 'person.reset_offered' },
      params: personParams,
      responses: { 201: linkView },
      errors: ['person_not_found', 'person_deactivated'],
      async handler(request) {
        const { principal, acting } = changingOf(request)
        const { link, person } = await inScope(db, 'allOrganizations', async (transaction) => {
          const person = await holdPersonWithin(transaction, principal, request.params.id)
          return { person, link: await createLinkWithin(transaction, acting, person) }
        })
        const origin = originOf(request.headers)
        return { status: 201, body: viewOfLink(origin, link, await mailLink(sendMail, request.log, origin, person, link)) }
      },
    })
  const stateRoute = (verb: 'deactivate' | 'activate', summary: string, description: string, change: typeof deactivatePerson) =>
    definePrincipalRoute({
      method: 'POST',
      path: `/people/:id/${verb}`,
      operationId: `${verb}Person`,
      tag: 'People',
      summary,
      description,
      permission: 'canManagePeople',
      ...(verb === 'activate' ? { needsProof: true as const } : {}),
      audit: { action: verb === 'activate' ? 'person.reactivated' : 'person.deactivated' },
      params: personParams,
      responses: { 200: personView },
      errors: ['person_not_found', ...(verb === 'deactivate' ? ['last_administrator'] : [])],
      async handler(request) {
        await change(db, changingOf(request), request.params.id)
        return { status: 200, body: viewOfPerson(await getPerson(db, request.params.id)) }
      },
    })
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/people',
      operationId: 'listPeople',
      tag: 'People',
      summary: 'List the people who sign in, by name',
      permission: 'canManagePeople',
      audit: { none: 'reads only' },
      query: pageQuery.extend({ search: lineOfText(200).optional().describe('Part of the name or the e-mail address.') }),
      responses: {
        200: z.object({ people: z.array(personView), count: z.int(), total: z.int(), next_cursor: z.string().nullable() }),
      },
      errors: [],
      async handler({ principal, query }) {
        requireAll(principal)
        const after = query.cursor === undefined ? undefined : parseCursor(query.cursor, z.tuple([z.string().max(1_000), wireId]))
        const [rows, total] = await Promise.all([
          listPeopleRows(db, { search: query.search, after, limit: query.limit + 1 }),
          countPeople(db, query.search),
        ])
        const { items, nextCursor } = pageOf(rows, query.limit, (last) => [last.name, last.id])
        return { status: 200, body: { people: items.map(viewOfPerson), count: items.length, total, next_cursor: nextCursor } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/people',
      operationId: 'invitePerson',
      tag: 'People',
      summary: 'Invite a person',
      description: 'They sign in with the link of the answer, or by single sign-on. Nobody can give more than they have.',
      permission: 'canManagePeople',
      needsProof: true,
      audit: { action: 'person.created' },
      body: draftBody,
      responses: { 201: personWithLink },
      errors: ['person_exists'],
      async handler(request) {
        const changing = changingOf(request)
        const { id, link } = await inScope(db, 'allOrganizations', async (transaction) => {
          const id = await createPersonWithin(transaction, changing, request.body)
          return { id, link: await createLinkWithin(transaction, changing.acting, { id, name: request.body.name, state: 'invited' }) }
        })
        const person = await getPerson(db, id)
        const origin = originOf(request.headers)
        const mailed = await mailLink(sendMail, request.log, origin, person, link)
        return { status: 201, body: { person: viewOfPerson(person), link: viewOfLink(origin, link, mailed) } }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/people/:id',
      operationId: 'getPerson',
      tag: 'People',
      summary: 'Read a person',
      permission: 'canManagePeople',
      audit: { none: 'reads only' },
      params: personParams,
      responses: { 200: personView },
      errors: ['person_not_found'],
      async handler({ principal, params }) {
        requireAll(principal)
        return { status: 200, body: viewOfPerson(await getPerson(db, params.id)) }
      },
    }),
    definePrincipalRoute({
      method: 'PATCH',
      path: '/people/:id',
      operationId: 'updatePerson',
      tag: 'People',
      summary: "Change a person's name, address or grants",
      permission: 'canManagePeople',
      needsProof: true,
      audit: { action: 'person.updated' },
      params: personParams,
      body: patchBody,
      responses: { 200: personView },
      errors: ['person_not_found', 'person_exists', 'last_administrator'],
      async handler(request) {
        await updatePerson(db, changingOf(request), request.params.id, request.body)
        return { status: 200, body: viewOfPerson(await getPerson(db, request.params.id)) }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/people/:id',
      operationId: 'removePerson',
      tag: 'People',
      summary: 'Remove a person',
      description: 'Their sessions and keys end at once. What they did stays in the audit.',
      permission: 'canManagePeople',
      audit: { action: 'person.deleted' },
      params: personParams,
      responses: { 204: null },
      errors: ['person_not_found', 'last_administrator'],
      async handler(request) {
        await removePerson(db, changingOf(request), request.params.id)
        return { status: 204 }
      },
    }),
    linkRoute('invite', 'createInvitation', 'Make another invitation'),
    linkRoute('reset', 'createPasswordReset', 'Make a link that sets a new password'),
    stateRoute('deactivate', 'Deactivate a person', 'Their sessions and keys end at once, everywhere. Safe to repeat.', deactivatePerson),
    stateRoute('activate', 'Activate a person again', 'They sign in with what they had. Safe to repeat.', reactivatePerson),
  ]
}
