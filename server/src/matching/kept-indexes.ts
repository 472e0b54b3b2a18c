import { type KnownList, listPresentOrganizations } from '../discovery/discovery.ts'
import { domainsOf } from '../discovery/domains-of.ts'
import { mappingFields } from '../mappings/mapping-rules.ts'
import type { Database } from '../platform/database/database.ts'
import { SizedCache } from '../platform/sized-cache.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { ValueOwner } from '../values/value-scope.ts'
import { type ExternalIndex, indexExternal } from './external-index.ts'
import { idReference, referencesOf } from './references.ts'

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
  readonly #kept = new SizedCache<IndexedList>({ maxSize: maxEntries, maxCount: maxKept, sizeOf: ({ index }) => index.entries.length })

  constructor(db: Database) {
    this.#db = db
  }

  /** Made once for simultaneous calls. */
  indexed(name: string, owner: ValueOwner, list: KnownList): Promise<IndexedList> {
    const key = `${list.runId}.${list.lastError?.runId ?? 'good'}`
    return this.#kept.get(key, () => this.#read(name, owner))
  }

  async #read(name: string, owner: ValueOwner): Promise<IndexedList> {
    const listed = await listPresentOrganizations(this.#db, name, owner)
    const metadata = new Map<string, JsonObject>()
    const externals = listed.flatMap((row) => {
      // A vendor may have ids that no mapping can have.
      if (!mappingFields.external_org_id.safeParse(row.external_org_id).success) return []
      const known = JSON.parse(row.metadata) as JsonObject // an object, as discovery has stored it
      metadata.set(row.external_org_id, known)
      const { external_org_id: id } = row
      return [{ id, name: row.name, domains: domainsOf(known), references: [...idReference(name, id), ...referencesOf(known)] }]
    })
    return { index: indexExternal(externals), metadata, names: new Map(externals.map(({ id, name }) => [id, name])) }
  }
}
