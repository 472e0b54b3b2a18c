import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import type { Permission } from '../src/access/permissions.ts'
import type { Identity } from '../src/access/principal.ts'
import { systemActing } from '../src/audit/audit.ts'
import { createOrganization, type Organization } from '../src/organizations/organizations.ts'
import type { Database } from '../src/platform/database/database.ts'
import { listen } from '../src/platform/database/notifications.ts'
import { buildApp } from '../src/processes/app.ts'
import { type Keyring, openKeyring } from '../src/values/secrets/keyring.ts'
import { givenDatabase } from './given-database.ts'

export function givenOrganization(db: Database, name: string): Promise<Organization> {
  return createOrganization(db, systemActing, { name, domains: [], tenantId: null })
}

export function givenMasterKey(): string {
  return randomBytes(32).toString('base64')
}

/** One who may manage config, for all organizations or for the given ones. */
export function givenPrincipal(organizations: 'all' | Organization[], permissions: Permission[] = ['canManageConfig']): Identity {
  return {
    actor: { type: 'api_key', id: 'key-1', name: 'Test key' },
    grants: [
      {
        role: { name: 'test', permissions: new Set(permissions) },
        reach: organizations === 'all' ? { all: true } : { organizations: organizations.map(({ id }) => id) },
      },
    ],
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Failure = { error: string; message: string; details: Record<string, unknown> }

/** Sends a request as someone. The shape of the answer's body is what the test says it is. A buffer is sent as it is. */
export type Asker = { send<Body = Failure>(method: Method, url: string, body?: unknown): Promise<{ status: number; body: Body }> }

export type GivenApp = AsyncDisposable &
  Asker & {
    db: Database
    keyring: Keyring
    /** Two organizations, so that each request can mean the wrong one. */
    acme: Organization
    globex: Organization
    as(principal: Identity | undefined): Asker
    /** Whatever was logged so far, at every level. */
    logged(): string
  }

/** The whole API on a database of its own. `send` asks as one who may manage everything. */
export async function givenApp(): Promise<GivenApp> {
  const db = await givenDatabase()
  const lines: string[] = []
  const logger = pino({ level: 'trace' }, { write: (line) => void lines.push(line) })
  const notifications = await listen(db.url, logger)
  const keyring = await openKeyring(db, givenMasterKey())
  const askers = new Map<string, Identity>()
  const app = await buildApp({
    db,
    notifications,
    keyring,
    authenticate: async (name) => askers.get(name ?? ''),
    logger,
    checksAnswers: true,
    maxEventLoopDelayMs: 0,
  })
  const as = (principal: Identity | undefined): Asker => {
    const authorization = randomBytes(8).toString('hex')
    if (principal) askers.set(authorization, principal)
    return {
      async send<Body>(method: Method, url: string, body?: unknown) {
        const content = body === undefined ? {} : { payload: Buffer.isBuffer(body) ? body : JSON.stringify(body) }
        const type = body === undefined ? {} : { 'content-type': 'application/json' }
        const answer = await app.inject({ method, url: `/api${url}`, headers: { authorization, ...type }, ...content })
        return { status: answer.statusCode, body: (answer.body === '' ? null : answer.json()) as Body } // see Asker
      },
    }
  }
  return {
    ...as(givenPrincipal('all')),
    ...{ db, keyring, as, logged: () => lines.join('') },
    acme: await givenOrganization(db, 'Acme'),
    globex: await givenOrganization(db, 'Globex'),
    async [Symbol.asyncDispose]() {
      await app.close()
      await notifications.close()
      await db[Symbol.asyncDispose]()
    },
  }
}
