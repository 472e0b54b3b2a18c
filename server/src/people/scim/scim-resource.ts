import type { IncomingHttpHeaders } from 'node:http'
import type { RouteAnswer } from '../../platform/http/http.ts'
import { originOf } from '../person-cookie.ts'
import type { GroupRow, Member } from './provisioned-groups.queries.ts'
import type { UserRow } from './provisioned-people.queries.ts'
import { draftOf } from './provisioned-people.ts'
import { groupSchema } from './scim-group.ts'
import { scimMediaType } from './scim-problem.ts'
import { userSchema } from './scim-user.ts'

/** Where this is served, by the name that it was asked by. */
export const baseOf = (headers: IncomingHttpHeaders): string => `${originOf(headers)}/api/scim/v2`

type Resource = Record<string, unknown>

/** A person as RFC 7643 has a user (4.1). */
export function userResource(base: string, row: UserRow): Resource {
  const { userName, externalId, active, name, emails } = draftOf(row)
  return {
    schemas: [userSchema],
    id: row.id,
    ...(externalId === undefined ? {} : { externalId }),
    userName,
    displayName: row.name,
    ...(Object.keys(name).length > 0 ? { name } : {}),
    emails: emails.length > 0 ? emails : [{ value: row.email, type: 'work', primary: true }],
    active,
    groups: row.groups,
    meta: metaOf(base, 'User', row.id, row.created_at, row.changed_at),
  }
}

/** A group (4.2). @param members undefined where they were not asked for */
export function groupResource(base: string, row: GroupRow, members: readonly Member[] | undefined): Resource {
  return {
    schemas: [groupSchema],
    id: row.id,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    displayName: row.display_name,
    ...(members === undefined ? {} : { members }),
    meta: metaOf(base, 'Group', row.id, row.created_at, row.updated_at),
  }
}

function metaOf(base: string, resourceType: 'User' | 'Group', id: string, created: Date, changed: Date) {
  return {
    resourceType,
    created: created.toISOString(),
    lastModified: changed.toISOString(),
    location: `${base}/${resourceType}s/${id}`,
  }
}

const namesOf = (list: string | undefined) =>
  new Set(
    (list ?? '')
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((name) => name !== ''),
  )

export type Projection = { attributes?: string | undefined; excludedAttributes?: string | undefined }

/** Whether an answer is to have an attribute. What everything has is in each (RFC 7644, 3.9). */
export function isAsked({ attributes, excludedAttributes }: Projection, name: string): boolean {
  const wanted = namesOf(attributes)
  const low = name.toLowerCase()
  if (low === 'schemas' || low === 'id') return true
  if (wanted.size > 0) return [...wanted].some((one) => one === low || one.startsWith(`${low}.`))
  return !namesOf(excludedAttributes).has(low)
}

export const projected = (resource: Resource, projection: Projection): Resource =>
  Object.fromEntries(Object.entries(resource).filter(([name]) => isAsked(projection, name)))

/** Answers with a media type of its own. */
export const scimAnswer = (status: number, body: Resource, headers: Record<string, string> = {}): RouteAnswer => ({
  reply: (reply) => reply.code(status).headers(headers).type(scimMediaType).send(JSON.stringify(body)),
})

/** A page of a list (3.4.2). @param startIndex from 1 */
export const listAnswer = (resources: readonly Resource[], totalResults: number, startIndex: number): RouteAnswer =>
  scimAnswer(200, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  })
