import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Sql } from 'sql-template-tag'
import { nameNow, requireName } from './causes.ts'
import { getTypeParser } from './column-types.ts'
import { runNamed } from './driver-query.ts'
import { keepUsed } from './idle-connections.ts'
import { type Tell, tellThrough } from './notify.ts'
import { isDatabaseAway, isOfOldColumns, isReadOnly, type Outages, watchOutages } from './outages.ts'
import { isOfListed, type Scope, settingsOf } from './scope.ts'
import { inOnePacket, prepareScopedReads, readScoped } from './scoped-read.ts'
import { type Connections, connectionsOf, requireWritable } from './writable.ts'

export { default as sql, empty, join, raw, type Sql } from 'sql-template-tag'
export type { Scope } from './scope.ts'

/** The role that every statement of the application runs under: subject to row-level security, and unable to change the schema. */
export const applicationRole = 'crosswalk_app'
/** The role that a transaction takes on for listed organizations. A member of the application role: the policies for their ids are its alone. */
export const listedRole = 'crosswalk_listed'

/** A process that is paused, or cut off, in the middle of a transaction keeps its locks for no longer: the others continue without it. */
const maxIdleTransactionMs = 5_000
/** What every connection of the application begins with. No scope: not even where the database, or its user, was given one for all sessions. */
export const sessionOptions = `-c role=${applicationRole} -c crosswalk.organization_id= -c crosswalk.scope= -c idle_in_transaction_session_timeout=${maxIdleTransactionMs}`

/** A pool of connections under the application role. Rows are out of reach until a scope is opened. */
export type Database = {
  readonly pool: pg.Pool
  readonly connections: Connections
  readonly url: string
  /** What its statements run under in PostgreSQL, as `crosswalk worker retention`; behind it stands the request, where there is one. */
  readonly name: string
  readonly outages: Outages
  /** Tells every listening process what is so already. What a transaction makes so, its own `tell` tells. */
  readonly tell: Tell
  /** Calls back as soon as this process tells of a topic, before any other hears of it, until the returned function is called. */
  onTold(topic: string, listener: () => void): () => void
  /** Goes first in every transaction of `inScope`, which is undone where it returns no row. */
  readonly fence?: Sql
  close(): Promise<void>
}

/** The fence of a database did not let a transaction through: nothing of it was done. */
export class FencedOff extends Error {
  constructor() {
    super('What this was to be done for is in other hands by now.')
  }
}

/** What runs statements inside an open scope. */
export interface Transaction {
  /** Runs one statement and returns its rows. Statements are prepared once per connection and text. */
  query<Row extends object>(statement: Sql): Promise<Row[]>
  /** Tells every listening process once the transaction has committed. Nothing is told if it rolls back. */
  readonly tell: Tell
}

const statementNames = new Map<string, string>()
const listedNames = new Map<string, string>()

/**
 * A prepared statement is found again by its text; the name is short, because PostgreSQL cuts names at 63 bytes. Under another role it is another
 * statement: PostgreSQL plans one again each time that its role has changed.
 */
function nameOf(text: string, isListed: boolean): string {
  const names = isListed ? listedNames : statementNames
  const known = names.get(text)
  if (known !== undefined) return known
  const name = createHash('sha1')
    .update(isListed ? `${listedRole} ${text}` : text)
    .digest('base64url')
  names.set(text, name)
  return name
}

export type DatabaseOptions = {
  maxConnections?: number
  name?: string
  logger?: Logger
  /** PostgreSQL ends a statement that takes longer, whether it works or waits for a lock. Not given, it may take any time. */
  maxStatementMs?: number
}

/**
 * Opens a pool on the installation's database.
 *
 * The role is set as a start-up option of each connection, so no statement can run as the owner, not even the first.
 * Connections are pipelined: the statements that open and close a scope travel with the work, in one round trip.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const name = requireName(options.name ?? 'crosswalk')
  const pool = new pg.Pool({
    types: { getTypeParser },
    connectionString: url,
    max: options.maxConnections ?? 10,
    pipeline: true,
    application_name: name,
    options: `${sessionOptions} -c statement_timeout=${options.maxStatementMs ?? 0}`,
    connectionTimeoutMillis: 10_000,
    ...keptAlive,
    async onConnect(client) {
      await Promise.all([prepareScopedReads(client), requireWritable(client)])
    },
  })
  outliveLostConnections(pool)
  keepUsed(pool)
  return {
    pool,
    connections: connectionsOf(pool),
    url,
    name,
    outages: watchOutages(options.logger),
    ...tellingOf(tellThrough(pool)),
    close: () => pool.end(),
  }
}

/**
 * The same database for one purpose, which its statements say: `crosswalk worker execution 0198…`.
 *
 * @param purpose words in small letters, and an id of ours
 */
export function forPurpose(db: Database, purpose: string): Database {
  return { ...db, name: requireName(`${db.name} ${purpose}`) }
}

function tellingOf(tellOthers: Tell): Pick<Database, 'tell' | 'onTold'> {
  const listeners = new Map<string, Set<() => void>>()
  return {
    tell(topic, id) {
      for (const listener of listeners.get(topic) ?? []) listener()
      tellOthers(topic, id)
    },
    onTold(topic, listener) {
      const set = listeners.get(topic) ?? new Set()
      listeners.set(topic, set.add(listener))
      return () => void set.delete(listener)
    },
  }
}

/** An idle connection whose other end is gone without a word is found out within half a minute, not after hours. */
export const keptAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 }

async function connect(db: Database): Promise<pg.PoolClient> {
  try {
    return await db.connections.take()
  } catch (error) {
    db.outages.failed(error)
    throw error
  }
}

/** A connection that breaks, idle or in use, is replaced by its pool. Without listeners either event would end the process. */
export function outliveLostConnections(pool: pg.Pool): void {
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
}

/**
 * How PostgreSQL plans the statements of a transaction. `kept`: once per connection and statement, for those that are asked often and
 * whose best plan does not depend on their values; over partitions, planning costs more than the work of such a statement.
 */
export type Plans = 'fresh' | 'kept'

const planModes = { fresh: 'auto', kept: 'force_generic_plan' } as const satisfies Record<Plans, string>

/** The statements that open a scope. They cannot be parametrized; the ids and the name were held to their form. */
function openingOf(scope: Scope, plans: Plans, name: string): string {
  const [organizationId, named] = settingsOf(scope)
  const what = organizationId === '' ? `crosswalk.scope = '${named}'` : `crosswalk.organization_id = '${organizationId}'`
  const setting = `${what}; set local application_name = '${name}'`
  const opening = isOfListed(scope) ? `begin; set local role ${listedRole}; set local ${setting}` : `begin; set local ${setting}`
  return plans === 'fresh' ? opening : `${opening}; set local plan_cache_mode = ${planModes[plans]}`
}

/** The first failure of a transaction is why the statements behind it fail too: theirs say no more than that. */
type Failures = { first: unknown }

function transactionOn(client: pg.ClientBase, isListed: boolean, tell: Tell, isSent: () => boolean, failures: Failures): Transaction {
  return {
    tell,
    async query<Row extends object>(statement: Sql) {
      // It would be committed alone, outside of every scope.
      if (isSent()) throw new TypeError('A transaction that was sent at once takes no statement afterwards.')
      try {
        return await runNamed<Row>(client, nameOf(statement.text, isListed), statement)
      } catch (error) {
        failures.first ??= error
        throw error
      }
    },
  }
}

/** PostgreSQL's refusal of a statement because an earlier one of its transaction failed. */
function isConsequence(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '25P02'
}

/**
 * Runs `work` in one transaction that sees just the rows of its scope: the only door to the tables of organizations.
 * Commits when `work` resolves, rolls back when it throws. `work` must not wait for anything but its own statements.
 *
 * @throws whatever `work` throws, and the driver's errors.
 */
export function inScope<T>(db: Database, scope: Scope, work: Work<T>, plans: Plans = 'fresh'): Promise<T> {
  return transact(db, scope, work, plans, false)
}

/**
 * The same for work that issues all of its statements at once and decides nothing by their answers: the commit travels with them, and all
 * of it takes one round trip. A statement that fails has all rolled back, as in `inScope`; what the work throws behind its statements does not.
 */
export function inScopeAtOnce<T>(db: Database, scope: Scope, work: Work<T>, plans: Plans = 'fresh'): Promise<T> {
  if (db.fence) throw new TypeError('Whether a fence lets a transaction through is decided by its answer.')
  return transact(db, scope, work, plans, true)
}

type Work<T> = (transaction: Transaction) => Promise<T>

async function transact<T>(db: Database, scope: Scope, work: Work<T>, plans: Plans, isAtOnce: boolean): Promise<T> {
  const opening = openingOf(scope, plans, nameNow(db.name))
  const told: [topic: string, id: string][] = []
  const client = await connect(db)
  let broken: Error | undefined
  const failures: Failures = { first: undefined }
  let isSent = false
  try {
    try {
      const { opened, fencing, working, committing } = inOnePacket(client, () => {
        const opened = client.query(opening)
        // Awaited after the work, which shares its round trip; a failed opening fails every statement behind it.
        opened.catch(() => {})
        const transaction = transactionOn(
          client,
          isOfListed(scope),
          (topic, id) => told.push([topic, id]),
          () => isSent,
          failures,
        )
        const fencing = db.fence && transaction.query(db.fence)
        fencing?.catch(() => {})
        const working = work(transaction)
        // What cannot be sent PostgreSQL never hears of, and would commit what was sent beside it.
        const committing = isAtOnce && failures.first === undefined ? client.query('commit') : undefined
        isSent = isAtOnce
        committing?.catch(() => {})
        return { opened, fencing, working, committing }
      })
      const result = await working
      await opened
      if (fencing && (await fencing).length === 0) throw new FencedOff()
      const { command } = await (committing ?? client.query('commit'))
      // What is committed after a statement that failed is rolled back.
      if (command !== 'COMMIT') throw new Error('A transaction was rolled back in place of its commit.')
      for (const [topic, id] of told) db.tell(topic, id)
      if (db.outages.isGoingOn) db.outages.succeeded()
      return result
    } catch (caught) {
      // Which of several failed statements is heard of first is chance.
      const error = isConsequence(caught) ? (failures.first ?? caught) : caught
      db.outages.failed(error)
      await client.query('rollback').catch((rollbackError: Error) => {
        broken = rollbackError
      })
      if (isOutdated(error)) {
        broken = error as Error
        db.connections.distrust(client)
      }
      throw error
    }
  } finally {
    client.release(broken)
  }
}

/** True where no connection that was made before is to be used again. */
const isOutdated = (error: unknown): boolean => isReadOnly(error) || isOfOldColumns(error)

/** Runs one statement in a scope and a transaction of its own, all of it in one round trip. */
export async function readInScope<Row extends object>(db: Database, scope: Scope, statement: Sql, plans: Plans = 'fresh'): Promise<Row[]> {
  try {
    return await readOnce<Row>(db, scope, statement, plans)
  } catch (error) {
    if (!isOfOldColumns(error)) throw error
    return await readOnce<Row>(db, scope, statement, plans)
  }
}

async function readOnce<Row extends object>(db: Database, scope: Scope, statement: Sql, plans: Plans): Promise<Row[]> {
  const isListed = isOfListed(scope)
  const [organizationId, named] = settingsOf(scope)
  const values = [organizationId || named, planModes[plans], nameNow(db.name)]
  if (isListed) values.push(listedRole)
  const opening = organizationId !== '' ? 'organization' : isListed ? 'listed' : 'all'
  const client = await connect(db)
  let broken: Error | undefined
  try {
    const rows = await readScoped<Row>(client, { opening, values }, nameOf(statement.text, isListed), statement)
    if (db.outages.isGoingOn) db.outages.succeeded()
    return rows
  } catch (error) {
    db.outages.failed(error)
    // A refused statement leaves the connection as it was; after anything else it is not used again.
    if (!(error instanceof pg.DatabaseError) || isDatabaseAway(error) || isOutdated(error)) broken = error as Error
    if (isOutdated(error)) db.connections.distrust(client)
    throw error
  } finally {
    client.release(broken)
  }
}

/** True if the error is PostgreSQL's refusal of a second row with the same key, of the given constraint or index where named. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505' && (constraint === undefined || error.constraint === constraint)
}
