import { z } from 'zod'
import { definePrincipalRoute } from '../access/auth.ts'
import { scopeOf } from '../access/principal.ts'
import { getExecution } from '../engine/state/executions.ts'
import type { Database } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { wireId } from '../platform/http/text.ts'
import { exchangeView, viewOfExchange } from './exchange-view.ts'
import { type ExchangeFilter, listExchanges } from './exchanges.queries.ts'

const exchangeQuery = pageQuery.extend({
  host: z.string().max(300).optional(),
  integration: z.string().max(50).optional().describe('The name of the integration.'),
  status: z
    .string()
    .regex(/^([1-5]xx|[1-5]\d\d|failed)$/)
    .optional()
    .describe(
      'A status, a class like `4xx`, or `failed`: all with 400 or more, those without an answer, and those whose answer was not what it should be.',
    ),
})

/** What an execution asked of vendors. */
export function exchangeRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/executions/:id/exchanges',
      operationId: 'listExecutionExchanges',
      tag: 'Executions',
      summary: 'List what an execution asked of vendors through `context.http`, and for the tokens that this needed',
      description: 'In the order in which the exchanges ended. Paths come without query and secrets.',
      permission: 'canViewExecutions',
      audit: { none: 'reads only' },
      params: z.object({ id: z.uuid().describe('The execution.') }),
      query: exchangeQuery,
      responses: { 200: z.object({ exchanges: z.array(exchangeView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: ['execution_not_found'],
      async handler({ params, query, principal }) {
        const scope = scopeOf(principal)
        const execution = await getExecution(db, scope, params.id)
        const [afterId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([wireId]))
        const { host, integration } = query
        const filter = { afterId, host, integration, ...statusFilter(query.status), limit: query.limit + 1 }
        const page = pageOf(await listExchanges(db, scope, execution.id, filter), query.limit, (last) => [last.id])
        const exchanges = page.items.map(viewOfExchange)
        return { status: 200, body: { exchanges, count: exchanges.length, next_cursor: page.nextCursor } }
      },
    }),
  ]
}

function statusFilter(status: string | undefined): Pick<ExchangeFilter, 'status' | 'failedOnly'> {
  if (status === undefined || status === 'failed') return { status: undefined, failedOnly: status === 'failed' }
  const from = Number(status.replace('xx', '00'))
  return { status: { from, below: from + (status.endsWith('xx') ? 100 : 1) }, failedOnly: false }
}
