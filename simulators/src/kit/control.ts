import { answer, type VendorHandler, type VendorRequest, type VendorRoutes } from '@crosswalk/sdk/testing'
import { z } from 'zod'
import type { Counts } from './counts.ts'
import { type Faults, vendorFault } from './faults.ts'
import type { Roster } from './roster.ts'

type Parts = {
  faults: Faults
  organizations: Pick<Roster<{ id: string | number; name: string }>, 'list' | 'rename' | 'remove' | 'merge'>
  counts: Counts
  requests: () => readonly VendorRequest[]
}

/**
 * Steers a simulator from outside. Needs no credentials and is never faulty.
 *
 * - `POST /_control/faults` `{ kind, … }` begins a fault; `DELETE /_control/faults` ends all
 * - `GET /_control/organizations` lists id and name; `PATCH /_control/organizations/:id` `{ name }` renames, `DELETE` removes
 * - `POST /_control/organizations/:id/merge` `{ into }` merges it into another
 * - `GET /_control/requests` lists what arrived, without headers and bodies; `GET /_control/counts` sums it up
 */
export function controlRoutes({ faults, organizations, counts, requests }: Parts): VendorRoutes {
  const known = (isDone: boolean) => (isDone ? undefined : answer(404, { error: 'There is no such organization.' }))
  return {
    'POST /_control/faults': accept(vendorFault, (fault) => void faults.begin(fault)),
    'DELETE /_control/faults': () => void faults.clear(),
    'GET /_control/organizations': () => organizations.list().map(({ id, name }) => ({ id: String(id), name })),
    'PATCH /_control/organizations/:id': (request) =>
      accept(z.object({ name: z.string().min(1) }), ({ name }) => known(organizations.rename(request.params.id ?? '', name)))(request),
    'DELETE /_control/organizations/:id': ({ params }) => known(organizations.remove(params.id ?? '')),
    'POST /_control/organizations/:id/merge': (request) =>
      accept(z.object({ into: z.string() }), ({ into }) => known(organizations.merge(request.params.id ?? '', into)))(request),
    'GET /_control/requests': () => requests().map(({ method, path, query }) => ({ method, path, query: query.toString() })),
    'GET /_control/counts': () => ({ ...counts, byStatus: { ...counts.byStatus } }),
  }
}

export function accept<Schema extends z.ZodType>(
  schema: Schema,
  act: (body: z.output<Schema>) => ReturnType<VendorHandler>,
): VendorHandler {
  return (request) => {
    const parsed = schema.safeParse(request.body)
    return parsed.success ? act(parsed.data) : answer(400, { error: z.prettifyError(parsed.error) })
  }
}
