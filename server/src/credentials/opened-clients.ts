import { listDefinitions } from '../definitions/definitions.ts'
import type { RequestContext, SeenByExecution } from '../engine/state/requests.ts'
import { platformError } from '../platform/errors.ts'
import { kinds } from '../protocol/kinds.ts'
import type { Credential } from './credential.ts'
import { type CredentialReading, digestOf } from './credential-values.ts'
import { type HttpSpec, invalidOptions } from './http-spec.ts'
import { type Destination, destinationOf } from './secret-hosts.ts'
import { isOfOrganizationConfig, parsedUrl } from './wanted-tokens.ts'

/** A client of `context.http`, as the platform knows it, for one execution. */
export type OpenedClient = {
  id: string
  spec: HttpSpec
  /** Without a slash at its end. */
  baseUrl: string
  origin: string
  destination: Destination
  integration: string | null
  /** By `performance.now()`. */
  openedAt: number
  /** Read a moment ago. */
  credential: { read: Promise<Credential>; atMs: number } | undefined
  /** Tokens that the execution's mask knows. */
  masked: Set<string>
}

/** Of one execution. What it opens again is the same one. */
const maxClients = 500

const opened = new WeakMap<SeenByExecution, Map<string, OpenedClient>>()

/** @throws validation_failed */
export async function openClient(context: RequestContext, reading: CredentialReading, spec: HttpSpec): Promise<OpenedClient> {
  const clients = opened.get(context.seen) ?? new Map<string, OpenedClient>()
  opened.set(context.seen, clients)
  const id = digestOf(spec)
  if (clients.size >= maxClients && !clients.has(id))
    throw invalidOptions([['options', `an execution makes ${maxClients} different clients at most: make one for each vendor`]])
  const written = await reading.text('baseUrl', spec.baseUrl)
  const url = parsedUrl(written, 'baseUrl')
  const { kind, name } = context.execution
  const client: OpenedClient = {
    id,
    spec,
    baseUrl: url.href.replace(/\/+$/, ''),
    origin: url.origin,
    destination: destinationOf(url, isOfOrganizationConfig(written)),
    // What asks an integration runs it alone; in others the runner says whose code runs.
    integration: kinds[kind].asks === null ? await publishedOf(context, spec.integration) : name,
    openedAt: performance.now(),
    credential: undefined,
    masked: new Set(),
  }
  clients.set(client.id, client)
  return client
}

/** Figures and budgets are kept by that name, so it is none that was made up. */
async function publishedOf({ db }: RequestContext, name: string | undefined): Promise<string | null> {
  if (name === undefined) return null
  return (await listDefinitions(db, 'integration')).some((definition) => definition.name === name) ? name : null
}

/** @throws validation_failed - this execution has opened no such client. */
export function getClient(context: RequestContext, id: string): OpenedClient {
  const client = opened.get(context.seen)?.get(id)
  if (client) return client
  throw platformError('validation_failed', { client: ['is not open'] }, 'This client of context.http is not open in this execution.')
}
