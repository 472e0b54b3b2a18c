import type { Database } from '../platform/database/database.ts'
import { SizedCache } from '../platform/sized-cache.ts'
import type { ValueOwner } from '../values/value-scope.ts'
import type { KnownList } from './discovery.ts'
import { listPresentOrganizations } from './external-organizations.queries.ts'

/** A complete answer, as it is sent. */
export type ListBody = { bytes: Buffer; etag: string }

const maxKeptBytes = 32 * 1024 * 1024

/**
 * Answers with thousands of organizations, kept as bytes. A list changes only with its runs, so the ids of these are the key;
 * who asks has just read them from the database. What was used longest ago goes first.
 */
export class DiscoveredLists {
  readonly #db: Database
  readonly #bodies = new SizedCache<ListBody>({ maxSize: maxKeptBytes, sizeOf: ({ bytes }) => bytes.byteLength })

  constructor(db: Database) {
    this.#db = db
  }

  /** Made once for simultaneous calls. */
  body(name: string, owner: ValueOwner, list: KnownList): Promise<ListBody> {
    const key = `${list.runId}.${list.lastError?.runId ?? 'good'}${list.isStale ? '.stale' : ''}`
    return this.#bodies.get(key, () => this.#write(key, name, owner, list))
  }

  async #write(key: string, name: string, owner: ValueOwner, list: KnownList): Promise<ListBody> {
    const rows = await listPresentOrganizations(this.#db, name, owner)
    // Metadata is JSON text already; parsing it only to write it again would be most of the work.
    const organizations = rows.map(
      (row) => `{"id":${JSON.stringify(row.external_org_id)},"name":${JSON.stringify(row.name)},"metadata":${row.metadata}}`,
    )
    const rest = JSON.stringify({
      cached_at: list.cachedAt.toISOString(),
      cache_expires_at: list.expiresAt.toISOString(),
      stale: list.isStale,
      last_error: list.lastError && { error: 'discovery_failed', message: list.lastError.message, at: list.lastError.at.toISOString() },
    })
    return { bytes: Buffer.from(`{"organizations":[${organizations.join(',')}],${rest.slice(1)}`), etag: `"${key}"` }
  }
}
