import { answer, type VendorHandler, type VendorRequest, type VendorRoutes } from '@crosswalk/sdk/testing'
import { z } from 'zod'
import type { MyIntegrationFaults } from './my-integration-faults.ts'
import type { OrganizationStore } from './my-integration-state.ts'

const faultRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('down') }),
  z.object({ kind: z.literal('slow'), ms: z.int().min(0) }),
  z.object({ kind: z.literal('too_many_requests'), times: z.int().min(1).default(1), retry_after_seconds: z.int().min(0).default(1) }),
  z.object({ kind: z.literal('cut'), when: z.enum(['before', 'midway']).default('before') }),
  z.object({ kind: z.literal('fail_page'), page: z.int().min(1), status: z.int().min(400).max(599).default(500) }),
  z.object({ kind: z.literal('reject_credentials') }),
])
const named = z.object({ name: z.string().min(1) })
const counted = z.object({ count: z.int().min(1).max(1_000_000) })

/**
 * The control face over HTTP, for those who run the simulator as its own process. Needs no API key and is never faulty.
 *
 * - `POST /_control/faults` `{ kind, … }` begins a fault; `DELETE /_control/faults` ends all
 * - `POST /_control/organizations` `{ name }` adds one; `POST /_control/organizations/generate` `{ count }` adds many
 * - `PATCH /_control/organizations/:id` `{ name }` renames; `DELETE /_control/organizations/:id` removes
 * - `GET /_control/requests` lists what arrived, without headers
 */
export function controlRoutes(
  organizations: OrganizationStore,
  faults: MyIntegrationFaults,
  requests: () => readonly VendorRequest[],
): VendorRoutes {
  return {
    'POST /_control/faults': accept(faultRequest, (fault) => beginFault(faults, fault)),
    'DELETE /_control/faults': () => void faults.clear(),
    'POST /_control/organizations/generate': accept(counted, ({ count }) => void organizations.generate(count)),
    'POST /_control/organizations': accept(named, ({ name }) => organizations.add({ name })),
    'PATCH /_control/organizations/:id': (request) =>
      ifKnown(organizations, request, (id) => accept(named, ({ name }) => void organizations.rename(id, name))(request)),
    'DELETE /_control/organizations/:id': (request) => ifKnown(organizations, request, (id) => void organizations.remove(id)),
    'GET /_control/requests': () => requests().map(({ method, path, query }) => ({ method, path, query: query.toString() })),
  }
}

function beginFault(faults: MyIntegrationFaults, fault: z.output<typeof faultRequest>): undefined {
  switch (fault.kind) {
    case 'down':
      return void faults.down()
    case 'slow':
      return void faults.slow(fault.ms)
    case 'too_many_requests':
      return void faults.tooManyRequests({ times: fault.times, retryAfterSeconds: fault.retry_after_seconds })
    case 'cut':
      return void faults.cut({ when: fault.when })
    case 'fail_page':
      return void faults.failPage(fault.page, fault.status)
    case 'reject_credentials':
      return void faults.rejectCredentials()
  }
}

function accept<Schema extends z.ZodType>(schema: Schema, act: (body: z.output<Schema>) => ReturnType<VendorHandler>): VendorHandler {
  return (request) => {
    const parsed = schema.safeParse(request.body)
    return parsed.success ? act(parsed.data) : answer(400, { error: 'bad_request', message: z.prettifyError(parsed.error) })
  }
}

function ifKnown(
  organizations: OrganizationStore,
  { params }: VendorRequest,
  act: (id: string) => ReturnType<VendorHandler>,
): ReturnType<VendorHandler> {
  const id = params.id ?? ''
  return organizations.find(id) ? act(id) : answer(404, { error: 'not_found', message: `There is no organization ${id}.` })
}
