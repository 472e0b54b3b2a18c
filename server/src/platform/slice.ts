import type { Transaction } from './database/database.ts'
import type { Route } from './http/http.ts'

/** What a slice deletes once it need not be kept any more. */
export type Retention = {
  /** Under what name the log counts what was deleted; null where nobody asks. */
  counted: string | null
  /** Deletes some, at most `limit`, in a transaction across all organizations. Called again while there are more. Safe to repeat. */
  deleteSome(
    transaction: Transaction,
    /** `before`: what ended earlier than that is not kept. */
    given: { before: Date; now: Date; limit: number },
  ): Promise<{ deleted: number; isMore: boolean }>
}

/**
 * One folder of the server: all that others have to know of it. `processes/slices.ts` has them in order, and nothing else lists them.
 *
 * @typeParam Given what its routes need
 */
export type Slice<Given = never> = {
  /** Its folder. */
  name: string
  /** In a few words, for the picture. */
  holds: string
  /**
   * The tables that only this slice writes. A sentence says why slices that stand later read it in statements of their own, in place
   * of the slice's face; null: they do not.
   */
  tables: Readonly<Record<string, string | null>>
  /** Its routes, loaded by who serves them: a worker has no need of their schemas. */
  routes?: () => Promise<(given: Given) => Route[]>
  retention?: readonly Retention[]
}
