import { setTimeout as delay } from 'node:timers/promises'
import { batchAnswer } from './answers.ts'
import type { TenantApi } from './tenant-api.ts'

/** One call among others that go in one request. */
export type BatchCall = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With its query: `/users/1?$select=id`. */
  path: string
  json?: unknown
  /** Of a write: reads back whether it has happened. Asked before it is made again, since a call that was refused with 429 may have been carried out. */
  isDone?: () => Promise<boolean>
}

/** What became of one call. Judged on its own: the request that carried it is 200 whatever they are. */
export type BatchOutcome =
  | { status: 'done'; httpStatus: number; body: unknown }
  /** Refused for now, and found to have happened all the same. */
  | { status: 'done_before' }
  | { status: 'failed'; httpStatus: number; code: string; message: string }

const maxCallsAtOnce = 20
const maxRounds = 4
const maxWaitMs = 30_000

/** Makes calls twenty at a time, in any order. The outcomes are in the order of the calls. @throws VendorError where a whole request fails */
export async function batch(api: TenantApi, calls: readonly BatchCall[], signal: AbortSignal): Promise<BatchOutcome[]> {
  const outcomes = new Map<BatchCall, BatchOutcome>()
  let waiting = [...calls]
  for (let round = 1; waiting.length > 0; round += 1) {
    let waitMs = 0
    const again: BatchCall[] = []
    for (let start = 0; start < waiting.length; start += maxCallsAtOnce) {
      const group = waiting.slice(start, start + maxCallsAtOnce)
      for (const [index, answer] of (await ask(api, group)).entries()) {
        const call = group[index]
        if (call === undefined) continue
        outcomes.set(call, outcomeOf(answer))
        if (!isForNow(answer?.status)) continue
        again.push(call)
        waitMs = Math.max(waitMs, secondsToWait(answer, round) * 1_000)
      }
    }
    if (again.length > 0) await delay(Math.min(waitMs, maxWaitMs), undefined, { signal })
    // Also after the last round: what was refused then may have happened too.
    const open = await undone(again, outcomes)
    waiting = round < maxRounds ? open : []
  }
  return calls.map((call) => outcomes.get(call) ?? unanswered())
}

type Answer = { status: number; headers?: Record<string, string> | null | undefined; body?: unknown }

async function ask(api: TenantApi, calls: readonly BatchCall[]): Promise<(Answer | undefined)[]> {
  const requests = calls.map(({ method, path, json }, index) => ({
    id: String(index),
    method,
    url: path,
    ...(json === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: json }),
  }))
  const { responses } = await api.post('/$batch', { requests }, batchAnswer)
  // Answers come in any order.
  const byId = new Map(responses.map((response) => [response.id, response]))
  return requests.map(({ id }) => byId.get(id))
}

/** What is to be made again: reads as they are, writes only when they are seen not to have happened. */
async function undone(calls: readonly BatchCall[], outcomes: Map<BatchCall, BatchOutcome>): Promise<BatchCall[]> {
  const again: BatchCall[] = []
  for (const call of calls) {
    if (call.method === 'GET') again.push(call)
    else if (call.isDone === undefined) continue
    else if (await call.isDone()) outcomes.set(call, { status: 'done_before' })
    else again.push(call)
  }
  return again
}

function outcomeOf(answer: Answer | undefined): BatchOutcome {
  if (answer === undefined) return unanswered()
  const { status: httpStatus, body } = answer
  if (httpStatus >= 200 && httpStatus < 300) return { status: 'done', httpStatus, body }
  const error =
    typeof body === 'object' && body !== null && 'error' in body ? (body.error as { code?: unknown; message?: unknown } | null) : null
  return {
    status: 'failed',
    httpStatus,
    code: typeof error?.code === 'string' ? error.code : '',
    message: typeof error?.message === 'string' ? error.message : `Microsoft answered ${httpStatus}.`,
  }
}

function unanswered(): BatchOutcome {
  return { status: 'failed', httpStatus: 0, code: '', message: 'Microsoft gave no answer to this call.' }
}

/** A call that may do better in a moment. One without an answer is not: nobody knows what became of it. */
function isForNow(status: number | undefined): boolean {
  return status === 429 || status === 503 || status === 504
}

function secondsToWait(answer: Answer | undefined, round: number): number {
  const [, told] = Object.entries(answer?.headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after') ?? []
  const seconds = Number(told)
  return told !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds : 2 ** (round - 1)
}
