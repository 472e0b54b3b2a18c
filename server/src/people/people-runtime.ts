import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Logger } from 'pino'
import { grantsOf } from '../access/granting.ts'
import type { Grant } from '../access/grants.ts'
import { rememberAccess } from '../access/remembered.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import type { Keyring } from '../values/secrets/keyring.ts'
import { readOrMakePlatformSecret } from '../values/secrets/platform-secrets.ts'
import type { SecretText } from '../values/secrets/secret-text.ts'
import type { Auth, AuthOptions } from './better-auth.ts'
import { addressHeader, originOf } from './person-cookie.ts'

/** What signing in of people needs, for as long as the process runs. */
export type PeopleRuntime = {
  db: Database
  keyring: Keyring
  idleMinutes: number
  /** What a person was granted, as it is now. */
  grantsOf(personId: string): Promise<readonly Grant[]>
  /** What cookies are signed with. @throws master_key_unavailable */
  secret(): Promise<SecretText>
  /** The library, as it is called for this request's address of the installation. */
  authFor(headers: IncomingHttpHeaders): Promise<Auth>
  /** The same with a single sign-on, for one sign-in. */
  openFor(headers: IncomingHttpHeaders, singleSignOn: AuthOptions['singleSignOn'], onPersonMade: () => void): Promise<Auth>
}

/** Brings some 50 MB and half a second: only an installation where people sign in loads it. */
export const library = () => import('./better-auth.ts')

/** An installation is called by a few names. More of them take more time, and no more memory. */
const maxOrigins = 20

type Given = { db: Database; keyring: Keyring; notifications: Notifications; idleMinutes: number; logger: Logger }

/** @returns with what ends it: it listens to changes of grants */
export function openPeople({ db, keyring, notifications, idleMinutes, logger }: Given): PeopleRuntime & { close(): void } {
  const grants = rememberAccess<readonly Grant[]>({ db, notifications })
  let kept: Promise<SecretText> | undefined
  const secret = () => {
    kept ??= readOrMakePlatformSecret({ db, keyring }, 'people', () => randomBytes(32).toString('base64url')).catch((error: unknown) => {
      kept = undefined
      throw error
    })
    return kept
  }
  const open = async (origin: string, more: Partial<AuthOptions> = {}) =>
    (await library()).openAuth({
      db,
      secret: await secret(),
      origin,
      onWarning: (message) => logger.debug({ message }, 'signing in'),
      ...more,
    })
  const auths = new Map<string, Auth>()
  return {
    db,
    keyring,
    idleMinutes,
    grantsOf: async (id) => (await grants.get(id, () => grantsOf(db, { type: 'person', id }))) ?? [],
    close: () => grants.close(),
    secret,
    async authFor(headers) {
      const origin = originOf(headers)
      const found = auths.get(origin)
      if (found) return found
      const auth = await open(origin)
      const oldest = auths.size >= maxOrigins ? auths.keys().next().value : undefined
      if (oldest !== undefined) auths.delete(oldest)
      auths.set(origin, auth)
      return auth
    },
    openFor: (headers, singleSignOn, onPersonMade) => open(originOf(headers), { ...(singleSignOn ? { singleSignOn } : {}), onPersonMade }),
  }
}

/** The headers of a request as the library reads them. */
export function authHeaders({ headers, address }: { headers: IncomingHttpHeaders; address: string }): Headers {
  return new Headers({
    cookie: headers.cookie ?? '',
    'user-agent': (headers['user-agent'] ?? '').slice(0, 300),
    origin: originOf(headers),
    [addressHeader]: address,
  })
}
