import { type KnownList, listPresentOrganizations } from '../discovery/discovery.ts'
import { domainsOf } from '../discovery/domains-of.ts'
import { mappingFields } from '../mappings/mapping-rules.ts'
import type { Database } from '../platform/database/database.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { ValueOwner } from '../values/value-scope.ts'
import { type ExternalIndex, indexExternal } from './external-index.ts'

/** A discovered list that can be compared with, and what is shown of its external organizations. */
export type IndexedList = { index: ExternalIndex; metadata: ReadonlyMap<string, JsonObject>; names: ReadonlyMap<string, string> }

const maxKept = 8
/** So many external organizations of all kept lists together: about 100 MB. */
const maxEntries = 50_000

/**
 * Discovered lists, indexed. A list changes only with its runs, so the ids of these are the key; who asks has just read them from the
 * database. Indexing ten thousand names takes a tenth of a second, so the last few are kept. What was used longest ago goes first.
 */
export class KeptIndexes {
  readonly #db: Database
  readonly #kept = new Map<string, Promise<IndexedList>>()
  readonly #sizes = new Map<string, number>()

  constructor(db: Database) {
    this.#db = db
  }

  /** Made once for simultaneous calls. */
  indexed(name: string, owner: ValueOwner, list: KnownList): Promise<IndexedList> {
    const key = `${list.runId}.${list.lastError?.runId ?? 'good'}`
    const indexed = this.#kept.get(key) ?? this.#make(key, name, owner)
    this.#kept.delete(key)
    this.#kept.set(key, indexed)
    return indexed
  }

  #make(key: string, name: string, owner: ValueOwner): Promise<IndexedList> {
    const made = this.#read(name, owner)
    made.then(
      ({ index }) => this.#keep(key, index.entries.length),
      () => this.#kept.delete(key),
    )
    return made
  }

  #keep(key: string, size: number): void {
    this.#sizes.set(key, size)
    let entries = [...this.#sizes.values()].reduce((sum, each) => sum + each, 0)
    for (const oldest of [...this.#kept.keys()]) {
      if ((entries <= maxEntries && this.#kept.size <= maxKept) || oldest === key) return
      entries -= this.#sizes.get(oldest) ?? 0
      this.#sizes.delete(oldest)
      this.#kept.delete(oldest)
    }
  }

  async #read(name: string, owner: ValueOwner): Promise<IndexedList> {
    const listed = await listPresentOrganizations(this.#db, name, owner)
    const metadata = new Map<string, JsonObject>()
    const externals = listed.flatMap((row) => {
      // A vendor may have ids that no mapping can have.
      if (!mappingFields.external_org_id.safeParse(row.external_org_id).success) return []
      const known = JSON.parse(row.metadata) as JsonObject // an object, as discovery has stored it
      metadata.set(row.external_org_id, known)
      return [{ id: row.external_org_id, name: row.name, domains: domainsOf(known) }]
    })
    return { index: indexExternal(externals), metadata, names: new Map(externals.map(({ id, name }) => [id, name])) }
  }
}
