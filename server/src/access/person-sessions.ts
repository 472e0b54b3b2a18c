import type { IncomingHttpHeaders } from 'node:http'
import type { Acting } from '../audit/audit.ts'
import type { Session } from './sessions.ts'

/** The sessions of people, whom a later slice has. */
export type PersonSessions = {
  /**
   * Ends the session that a request carries. Safe to repeat.
   *
   * @param acting undefined where nobody is signed in any more
   * @returns the cookie that ends it in the browser; undefined where the request carries none
   */
  end(headers: IncomingHttpHeaders, acting: Acting | undefined): Promise<string | undefined>
  /** Those of a person that have not ended, last used first. */
  list(personId: string, headers: IncomingHttpHeaders): Promise<Session[]>
  /** False where the person has no such session. */
  endById(acting: Acting, personId: string, id: string): Promise<boolean>
}
