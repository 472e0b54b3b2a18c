import { fstatSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { answer, simulateVendor, type VendorAnswer, type VendorRequest, type VendorRoutes } from '@crosswalk/sdk/testing'
import { controlRoutes } from './my-integration-control.ts'
import { createMyIntegrationFaults, type MyIntegrationFaults } from './my-integration-faults.ts'
import {
  createOrganizationStore,
  type OrganizationStore,
  quickstartOrganizations,
  type VendorOrganization,
} from './my-integration-state.ts'

/** How the simulated vendor starts. */
export type MyIntegrationVendorOptions = {
  /** Loopback port. Default 0: any free one. */
  port?: number
  /** The one key it accepts. Default `test-key`. */
  apiKey?: string
  /** Default: the two of the quickstart. */
  organizations?: readonly VendorOrganization[]
  /** The vendor's clock. Default: the real one. */
  now?: () => Date
}

/** A running simulated vendor, and its control face. */
export type MyIntegrationVendor = AsyncDisposable & {
  /** Base URL, without a slash at the end: the value of `myintegration_api_url`. */
  readonly url: string
  readonly apiKey: string
  /** What arrived, in order; refused and faulty ones too. */
  readonly requests: readonly VendorRequest[]
  readonly organizations: OrganizationStore
  readonly faults: MyIntegrationFaults
  /** Closes connections and port. Safe to repeat. */
  stop(): Promise<void>
}

/** Most organizations in one page. */
const maxPageSize = 1_000
const defaultPageSize = 100

/**
 * Starts the vendor of the quickstart: bearer authentication, `GET /organizations` (paged when `page_size` or `page` is
 * given, then with `next_page`, null at the end), `GET /organizations/:id` and `GET /organizations/:id/users`.
 */
export async function startMyIntegrationVendor(options: MyIntegrationVendorOptions = {}): Promise<MyIntegrationVendor> {
  const { port = 0, apiKey = 'test-key', now = () => new Date() } = options
  const organizations = createOrganizationStore(options.organizations ?? quickstartOrganizations, now)
  // The faults steer the vendor and the vendor's guard asks the faults, so each reaches the other when it is first used.
  const { faults, isRejecting } = createMyIntegrationFaults(() => vendor.faults)
  const guard = ({ headers }: VendorRequest) =>
    headers.authorization === `Bearer ${apiKey}` && !isRejecting() ? undefined : unauthorized()
  const control = controlRoutes(organizations, faults, () => vendor.requests)
  const vendor = await simulateVendor(apiRoutes(organizations), { port, guard, control })
  const { url, requests, stop } = vendor
  return { url, apiKey, requests, organizations, faults, stop, [Symbol.asyncDispose]: stop }
}

function apiRoutes(organizations: OrganizationStore): VendorRoutes {
  return {
    'GET /organizations': ({ query }) => listPage(organizations.list(), query),
    'GET /organizations/:id': ({ params }) => {
      const found = organizations.find(params.id ?? '')
      if (!found) return notFound(params.id)
      const { updatedAt, ...organization } = found
      return { ...organization, user_count: organizations.usersOf(organization).length, updated_at: updatedAt.toISOString() }
    },
    'GET /organizations/:id/users': ({ params }) => {
      const found = organizations.find(params.id ?? '')
      return found ? organizations.usersOf(found) : notFound(params.id)
    },
  }
}

function listPage(all: readonly VendorOrganization[], query: URLSearchParams): VendorAnswer {
  if (!query.has('page') && !query.has('page_size')) return answer(200, { organizations: [...all] })
  const page = Number(query.get('page') ?? 1)
  const size = Number(query.get('page_size') ?? defaultPageSize)
  if (!Number.isInteger(page) || page < 1 || !Number.isInteger(size) || size < 1 || size > maxPageSize) {
    return answer(400, { error: 'bad_request', message: `page is 1 or more, page_size is 1 to ${maxPageSize}.` })
  }
  const end = page * size
  return answer(200, { organizations: all.slice(end - size, end), next_page: end < all.length ? page + 1 : null })
}

function unauthorized(): VendorAnswer {
  return answer(401, { error: 'unauthorized', message: 'The API key is missing or wrong.' }, { 'www-authenticate': 'Bearer' })
}

function notFound(id: string | undefined): VendorAnswer {
  return answer(404, { error: 'not_found', message: `There is no organization ${id}.` })
}

/** `node my-integration.ts --port 0 --api-key X`: prints `{"url":"…"}` and runs until SIGTERM, SIGINT or the end of its input. */
async function runFromCommandLine(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, 'api-key': { type: 'string', default: 'test-key' } } })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError(`--port is 0 to 65535, not '${values.port}'.`)
  const vendor = await startMyIntegrationVendor({ port, apiKey: values['api-key'] })
  const stop = async () => {
    await vendor.stop()
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // A pipe ends with the parent that holds it, even when the parent was killed. Other inputs (/dev/null) end at once and mean nothing.
  const input = fstatSync(0)
  if (input.isFIFO() || input.isSocket()) process.stdin.once('close', stop).resume()
  process.stdout.write(`${JSON.stringify({ url: vendor.url })}\n`)
}

if (import.meta.main) await runFromCommandLine()
