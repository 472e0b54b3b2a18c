import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { newId } from '../platform/ids.ts'
import { Breakers, type CallEnd } from './breakers.ts'
import { type Asking, Budget, type Pass } from './budget.ts'
import { askBudget, type BudgetIdentity, declaredForMs, listPauses, openBudgetRow, pauseBudget } from './budgets.queries.ts'
import { type CredentialNames, unnamed } from './credential-names.ts'
import { declarationOf, type LimitSpec, limitsIn } from './limits.ts'

export type { Pass } from './budget.ts'
export type { LimitSpec } from './limits.ts'
export type { Urgency } from './waiting-line.ts'

/** What is counted apart: one credential at one host. */
export type BudgetKey = {
  /** Null where no integration makes the call. What is counted is of the credential, whichever integration uses it. */
  integration: string | null
  /** A digest that names the credential and says nothing of it: of its owner, the version of the secret, the tenant. */
  credential: string
  /** With the port, where it is not that of https: what listens on another says nothing of this one. */
  host: string
  /** The organization whose credential it is; null or left out where it is everybody's. */
  owner?: string | null
  /** For people to see. Left out where nobody does. */
  named?: CredentialNames
}

export type TakeAsking = Asking & { executionId: string }

/** How an exchange ended, as far as those behind it are concerned. */
export type Outcome = {
  /** Of the answer. Undefined where none came. */
  status?: number
  /** By `Date.now()`, where it is known. */
  startedAtMs?: number
  /** Why none came, by the code of the error. */
  failure?: { code: string | null; message: string }
  /** Whose call it was. */
  organizationId?: string | null
  /** What the answer's Retry-After asks for. */
  retryAfterMs?: number | undefined
}

/** After such a wait it is looked again whether the vendor is there. */
const longWaitMs = 100
/** A vendor that asks for more is asked again after this. */
const maxPauseMs = 15 * 60_000
/** A budget that nobody used for this time is forgotten here; the database keeps it. */
const forgetMs = 10 * 60_000
/** With more of them, those that nobody uses at this moment are forgotten at once. */
const maxIdle = 5_000
/** Limits are declared again after this, while calls declare them. Well before the database forgets them. */
const declareAgainMs = declaredForMs / 3

/** `declared`: by their JSON, the limits that calls declare, and when one last did. */
type Known = { budget: Budget; declared: Map<string, { limits: readonly LimitSpec[]; usedAt: number }>; toldAt: number }

export type Budgets = {
  /**
   * Waits until one more call may be made with a credential.
   *
   * @throws vendor_error - rate_limited where it cannot be made in time; unavailable while the vendor or the database is down; the
   * signal's reason.
   */
  take(key: BudgetKey, limits: readonly LimitSpec[], asking: TakeAsking): Promise<Pass>
  /** So many more calls as may be made at once, and at most that many: where nobody waits, and nothing says that the vendor is to be spared. */
  takeReady(key: BudgetKey, limits: readonly LimitSpec[], organizationId: string | null, max: number): Pass[]
  /** A call with the credential was answered, or failed. After 429, or where the vendor names a time, all who use the credential wait. */
  answered(key: BudgetKey, outcome: Outcome): void
  /** How many statements it took so far. */
  readonly roundTrips: number
  /** Gives back what is not used. */
  close(): Promise<void>
}

export function budgetIdOf({ credential, host }: BudgetKey): string {
  return createHash('sha256')
    .update(JSON.stringify([credential, host]))
    .digest('base64url')
    .slice(0, 32)
}

const connectionFailure =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|UND_ERR_SOCKET|proxy_failed|.*CERT.*|ERR_TLS.*|ERR_SSL.*)$/

/** What a call says of the vendor's being there. Undefined where it says nothing: the vendor asks for a pause, which is another matter. */
function endOf({ status, startedAtMs, retryAfterMs, failure }: Outcome): CallEnd | undefined {
  if (status === 503 && retryAfterMs !== undefined) return undefined
  if (status !== undefined) return { status, startedAtMs }
  if (!failure) return undefined
  return { isConnection: connectionFailure.test(failure.code ?? ''), reason: failure.code ?? 'no answer' }
}

function identityOf(key: BudgetKey): BudgetIdentity {
  const { integration, host, credential, owner = null, named = unnamed } = key
  return { id: budgetIdOf(key), integration, host, credential, organizationId: owner, named }
}

/** The budgets of all vendors, as one worker uses them. What is left of each is in the database, for all workers. */
export function openBudgets(given: { db: Database; notifications: Notifications; logger: Logger }): Budgets {
  const { db, notifications, logger } = given
  const workerId = newId()
  const breakers = new Breakers(given)
  const budgets = new Map<string, Known>()
  let roundTrips = 0

  function open(key: BudgetKey, limits: readonly LimitSpec[]): Budget {
    const id = budgetIdOf(key)
    const said = JSON.stringify(limits)
    const now = performance.now()
    const known = budgets.get(id) ?? { budget: budgetOf(id, key), declared: new Map(), toldAt: Number.NEGATIVE_INFINITY }
    const one = known.declared.get(said)
    if (one) one.usedAt = now
    else known.declared.set(said, { limits, usedAt: now })
    if (one && now - known.toldAt < declareAgainMs) return known.budget
    // Organizations that share a credential may declare different ones: the strictest hold, here and in the database.
    for (const [json, { usedAt }] of known.declared) if (usedAt < now - declareAgainMs) known.declared.delete(json)
    known.budget.declare(limitsIn(declarationOf([...known.declared.values()].map((one) => one.limits))))
    known.toldAt = now
    forgetOld(known)
    budgets.set(id, known)
    return known.budget
  }

  const budgetOf = (id: string, key: BudgetKey): Budget =>
    new Budget({
      host: key.host,
      async open(declared) {
        roundTrips++
        const opened = await openBudgetRow(db, identityOf(key), declared)
        if (opened.isChanged) db.tell('budgets.limits', `${id}:${workerId}`)
        return opened
      },
      ask(question) {
        roundTrips++
        return askBudget(db, { ...question, budgetId: id, workerId })
      },
      tell: (what) => db.tell(`budgets.${what}`, `${id}:${workerId}`),
      warn: (error) => logger.error({ err: error, host: key.host }, 'a budget could not be asked for, and is asked for again'),
    })

  /** @param but is about to be used, however long ago it last was */
  function forgetOld(but: Known): void {
    for (const [id, { budget }] of budgets)
      if (budget !== but.budget && budget.isIdle && (budgets.size > maxIdle || budget.lastUsedAt < performance.now() - forgetMs)) {
        budgets.delete(id)
        void budget.close()
      }
  }

  async function lookAtPauses(ids: string[]): Promise<void> {
    const known = ids.filter((id) => budgets.has(id))
    if (known.length === 0) return
    roundTrips++
    for (const [id, ms] of await listPauses(db, known)) budgets.get(id)?.budget.pause(Math.min(ms, maxPauseMs))
  }
  const look = (ids: string[]) =>
    void lookAtPauses(ids).catch((error: unknown) => logger.debug({ err: error }, 'pauses of budgets are looked at later'))

  const fromOthers = (told: string, then: (budget: Budget) => void) => {
    const [id = '', from] = told.split(':')
    const known = budgets.get(id)
    if (known && from !== workerId) then(known.budget)
  }
  const stops = [
    notifications.on('budgets.paused', null, (id) => look([id])),
    notifications.on('budgets.wanted', null, (told) => fromOthers(told, (budget) => budget.othersWant())),
    notifications.on('budgets.limits', null, (told) => fromOthers(told, (budget) => budget.limitsChanged())),
    notifications.on('budgets.free', null, (told) => fromOthers(told, (budget) => budget.othersFreed())),
    notifications.onMissed(() => look([...budgets.keys()])),
  ]

  return {
    async take(key, limits, asking) {
      const caller = { ...key, organizationId: asking.organizationId }
      // Who clicks wants to know whether the vendor is there by now: a few calls, and as good a try as any.
      const isTry = asking.urgency === 'person'
      const probes = isTry ? [] : await breakers.admit(caller)
      const pass = await open(key, limits)
        .take(asking)
        .catch((error: unknown) => {
          breakers.giveBack(probes)
          throw error
        })
      if (isTry || probes.length > 0 || pass.waitedMs < longWaitMs) return pass
      // It may have failed meanwhile.
      return breakers.admit(caller).then(
        () => pass,
        (error) => {
          pass.release()
          throw error
        },
      )
    },
    takeReady(key, limits, organizationId, max) {
      return breakers.isClosed({ ...key, organizationId }) ? open(key, limits).takeReady(max) : []
    },
    answered(key, outcome) {
      const { status, retryAfterMs } = outcome
      const end = endOf(outcome)
      if (end) breakers.ended({ ...key, organizationId: outcome.organizationId ?? null }, end)
      if (status !== 429 && !(status === 503 && retryAfterMs !== undefined)) return
      const id = budgetIdOf(key)
      const ms = retryAfterMs === undefined ? undefined : Math.min(Math.max(retryAfterMs, 0), maxPauseMs)
      // Here at once, and for the others as soon as the database knows.
      budgets.get(id)?.budget.pause(ms ?? 1_000)
      roundTrips++
      pauseBudget(db, identityOf(key), { ms, reason: `${key.host} answered ${status}` }).then(
        (pausedMs) => {
          budgets.get(id)?.budget.pause(pausedMs)
          db.tell('budgets.paused', id)
        },
        (error: unknown) => logger.error({ err: error, host: key.host }, 'a pause of a vendor was not told to the other workers'),
      )
    },
    get roundTrips() {
      return roundTrips
    },
    async close() {
      for (const stop of stops) stop()
      breakers.close()
      await Promise.all([...budgets.values()].map(({ budget }) => budget.close()))
    },
  }
}
