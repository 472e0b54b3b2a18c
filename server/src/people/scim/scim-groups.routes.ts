import type { IncomingHttpHeaders } from 'node:http'
import type { Database } from '../../platform/database/database.ts'
import type { Route } from '../../platform/http/http.ts'
import { countGroups, listGroupRows, listMembers } from './provisioned-groups.queries.ts'
import { createGroup, getGroup, patchGroup, removeGroup, replaceGroup } from './provisioned-groups.ts'
import { groupDraftOf } from './scim-group.ts'
import { patchBody, stepsOf } from './scim-patch.ts'
import { parseFilter } from './scim-path.ts'
import { scimError } from './scim-problem.ts'
import { baseOf, groupResource, isAsked, listAnswer, type Projection, projected, scimAnswer } from './scim-resource.ts'
import { idParams, isId, listQuery, projectionQuery, resourceBody, scimRoute } from './scim-route.ts'

/** @throws scim_group_not_found */
function groupIdOf({ id }: { id: string }): string {
  if (!isId(id)) throw scimError('scim_group_not_found')
  return id.toLowerCase()
}

/** `/api/scim/v2/Groups`: groups, as an identity provider keeps them. */
export function scimGroupRoutes({ db }: { db: Database }): Route[] {
  const answer = async (status: number, id: string, headers: IncomingHttpHeaders, query: Projection) => {
    const row = await getGroup(db, id)
    const members = isAsked(query, 'members') ? (await listMembers(db, [id])).get(id) : undefined
    const base = baseOf(headers)
    return scimAnswer(status, projected(groupResource(base, row, members), query), { location: `${base}/Groups/${id}` })
  }
  const changeErrors = ['scim_group_not_found', 'scim_group_exists', 'last_administrator', 'scim_value_refused']
  return [
    scimRoute({
      method: 'GET',
      path: '/Groups',
      operationId: 'listScimGroups',
      summary: 'List groups',
      audit: { none: 'reads only' },
      query: listQuery,
      status: 200,
      errors: ['scim_filter_refused', 'scim_path_refused'],
      async handler({ query, headers }) {
        const terms = query.filter ? parseFilter(query.filter) : []
        const [rows, total] = await Promise.all([
          query.count === 0 ? [] : listGroupRows(db, terms, { offset: query.startIndex - 1, limit: query.count }),
          countGroups(db, terms),
        ])
        const ids = rows.map(({ id }) => id)
        const members = isAsked(query, 'members') ? await listMembers(db, ids) : new Map<string, undefined>()
        const base = baseOf(headers)
        return listAnswer(
          rows.map((row) => projected(groupResource(base, row, members.get(row.id)), query)),
          total,
          query.startIndex,
        )
      },
    }),
    scimRoute({
      method: 'POST',
      path: '/Groups',
      operationId: 'createScimGroup',
      summary: 'Add a group',
      audit: { action: 'group.created' },
      query: projectionQuery,
      body: resourceBody,
      status: 201,
      errors: ['scim_group_exists', 'scim_value_refused', 'last_administrator'],
      async handler({ body, headers, query }, changing) {
        return answer(201, await createGroup(db, changing, groupDraftOf(body)), headers, query)
      },
    }),
    scimRoute({
      method: 'GET',
      path: '/Groups/:id',
      operationId: 'getScimGroup',
      summary: 'Read a group',
      audit: { none: 'reads only' },
      params: idParams,
      query: projectionQuery,
      status: 200,
      errors: ['scim_group_not_found'],
      handler: async ({ params, headers, query }) => answer(200, groupIdOf(params), headers, query),
    }),
    scimRoute({
      method: 'PUT',
      path: '/Groups/:id',
      operationId: 'replaceScimGroup',
      summary: 'Say everything of a group again',
      audit: { action: 'group.updated' },
      params: idParams,
      query: projectionQuery,
      body: resourceBody,
      status: 200,
      errors: changeErrors,
      async handler({ params, body, headers, query }, changing) {
        const id = groupIdOf(params)
        await replaceGroup(db, changing, id, groupDraftOf(body))
        return answer(200, id, headers, query)
      },
    }),
    scimRoute({
      method: 'PATCH',
      path: '/Groups/:id',
      operationId: 'patchScimGroup',
      summary: 'Change a group, or who is in it',
      audit: { action: 'group.updated' },
      params: idParams,
      body: patchBody,
      status: 204,
      errors: [...changeErrors, 'scim_path_refused'],
      async handler({ params, body }, changing) {
        await patchGroup(db, changing, groupIdOf(params), stepsOf(body))
        return { status: 204 }
      },
    }),
    scimRoute({
      method: 'DELETE',
      path: '/Groups/:id',
      operationId: 'removeScimGroup',
      summary: 'Remove a group',
      audit: { action: 'group.deleted' },
      params: idParams,
      status: 204,
      errors: ['scim_group_not_found', 'last_administrator'],
      async handler({ params }, changing) {
        await removeGroup(db, changing, groupIdOf(params))
        return { status: 204 }
      },
    }),
  ]
}
