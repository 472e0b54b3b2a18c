import type { IncomingHttpHeaders } from 'node:http'
import type { Database } from '../../platform/database/database.ts'
import type { Route } from '../../platform/http/http.ts'
import { personError } from '../people-errors.ts'
import { countUsers, listUserRows } from './provisioned-people.queries.ts'
import { createUser, getUser, patchUser, removeUser, replaceUser } from './provisioned-people.ts'
import { patchBody, stepsOf } from './scim-patch.ts'
import { parseFilter } from './scim-path.ts'
import { baseOf, listAnswer, projected, scimAnswer, userResource } from './scim-resource.ts'
import { idParams, isId, listQuery, projectionQuery, resourceBody, scimRoute } from './scim-route.ts'
import { userDraftOf } from './scim-user.ts'

/** @throws person_not_found */
function personIdOf({ id }: { id: string }): string {
  if (!isId(id)) throw personError('person_not_found')
  return id.toLowerCase()
}

/** `/api/scim/v2/Users`: people, as an identity provider keeps them. */
export function scimUserRoutes({ db }: { db: Database }): Route[] {
  const answer = async (status: number, id: string, headers: IncomingHttpHeaders, query: object = {}) => {
    const resource = userResource(baseOf(headers), await getUser(db, id))
    const { location } = resource.meta as { location: string } // as the function above made it
    return scimAnswer(status, projected(resource, query), { location })
  }
  const changeErrors = ['person_not_found', 'person_exists', 'last_administrator', 'scim_value_refused']
  return [
    scimRoute({
      method: 'GET',
      path: '/Users',
      operationId: 'listScimUsers',
      summary: 'List people, as SCIM has users',
      audit: { none: 'reads only' },
      query: listQuery,
      status: 200,
      errors: ['scim_filter_refused', 'scim_path_refused'],
      async handler({ query, headers }) {
        const terms = query.filter ? parseFilter(query.filter) : []
        const [rows, total] = await Promise.all([
          query.count === 0 ? [] : listUserRows(db, terms, { offset: query.startIndex - 1, limit: query.count }),
          countUsers(db, terms),
        ])
        const base = baseOf(headers)
        return listAnswer(
          rows.map((row) => projected(userResource(base, row), query)),
          total,
          query.startIndex,
        )
      },
    }),
    scimRoute({
      method: 'POST',
      path: '/Users',
      operationId: 'createScimUser',
      summary: 'Add a person',
      audit: { action: 'person.created' },
      query: projectionQuery,
      body: resourceBody,
      status: 201,
      errors: ['person_exists', 'scim_value_refused'],
      async handler({ body, headers, query }, changing) {
        return answer(201, await createUser(db, changing, userDraftOf(body)), headers, query)
      },
    }),
    scimRoute({
      method: 'GET',
      path: '/Users/:id',
      operationId: 'getScimUser',
      summary: 'Read a person',
      audit: { none: 'reads only' },
      params: idParams,
      query: projectionQuery,
      status: 200,
      errors: ['person_not_found'],
      handler: ({ params, headers, query }) => answer(200, personIdOf(params), headers, query),
    }),
    scimRoute({
      method: 'PUT',
      path: '/Users/:id',
      operationId: 'replaceScimUser',
      summary: 'Say everything of a person again',
      audit: { action: 'person.updated' },
      params: idParams,
      query: projectionQuery,
      body: resourceBody,
      status: 200,
      errors: changeErrors,
      async handler({ params, body, headers, query }, changing) {
        const id = personIdOf(params)
        await replaceUser(db, changing, id, userDraftOf(body))
        return answer(200, id, headers, query)
      },
    }),
    scimRoute({
      method: 'PATCH',
      path: '/Users/:id',
      operationId: 'patchScimUser',
      summary: 'Change a person, or deactivate them',
      audit: { action: 'person.updated' },
      params: idParams,
      query: projectionQuery,
      body: patchBody,
      status: 200,
      errors: [...changeErrors, 'scim_path_refused'],
      async handler({ params, body, headers, query }, changing) {
        const id = personIdOf(params)
        await patchUser(db, changing, id, stepsOf(body))
        return answer(200, id, headers, query)
      },
    }),
    scimRoute({
      method: 'DELETE',
      path: '/Users/:id',
      operationId: 'removeScimUser',
      summary: 'Remove a person',
      audit: { action: 'person.deleted' },
      params: idParams,
      status: 204,
      errors: ['person_not_found', 'last_administrator'],
      async handler({ params }, changing) {
        await removeUser(db, changing, personIdOf(params))
        return { status: 204 }
      },
    }),
  ]
}
