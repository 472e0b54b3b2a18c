import { codeOfFailure, kindOfCode } from '@crosswalk/sdk/kind-of-code'
import { kindOfStatus } from '@crosswalk/sdk/kind-of-status'
import type { TokenExchange } from '../credentials/tokens/token-exchange.ts'
import type { Admitted } from '../credentials/under-way.ts'
import type { NeededToken } from '../credentials/vendor-calls.ts'
import type { Exchange } from '../gateway/messages/exchanges.ts'
import { newId } from '../platform/ids.ts'
import { storable } from '../protocol/storable.ts'

/** What a request was for: what the code asked, or a token that this needed first. */
export type ExchangePurpose = 'call' | 'token'

/** One exchange as it is kept. */
export type ExchangeLine = {
  id: string
  executionId: string
  stepKey: string | null
  purpose: ExchangePurpose
  integration: string | null
  method: string
  scheme: string
  host: string
  /** The same, as budgets and figures call it. */
  vendorHost: string
  path: string
  attempt: number
  status: number | null
  failureKind: string | null
  failureMessage: string | null
  requestBytes: number
  responseBytes: number
  waitedMs: number
  startedAtMs: number
  firstByteMs: number | null
  durationMs: number
  requestBody: string | null
  responseBody: string | null
  /** False where the execution has so many that this one is only counted. */
  isListed: boolean
}

/** Of one execution in one worker. */
const maxListed = 10_000
const maxMethodChars = 20
const maxPathChars = 2_000
const maxMessageChars = 500

/** What people are told of an exchange: nothing of it has a secret that its execution knows. */
export function lineOf(exchange: Exchange, admitted: Admitted): ExchangeLine {
  const { withoutSecrets } = admitted
  const shown = showing(withoutSecrets)
  const { outcome, bodies } = exchange
  const [scheme = '', host = ''] = admitted.origin.split('://')
  const failure = failureOf(outcome) ?? (admitted.failedAs && { kind: admitted.failedAs, message: undefined })
  return {
    id: newId(),
    executionId: admitted.executionId,
    stepKey: asSaid(exchange.stepKey),
    purpose: 'call',
    integration: admitted.integration,
    method: shown(exchange.method, maxMethodChars),
    scheme,
    host,
    vendorHost: admitted.budget.host,
    path: shown(exchange.path, maxPathChars),
    attempt: exchange.attempt,
    status: 'status' in outcome ? outcome.status : null,
    failureKind: failure?.kind ?? null,
    failureMessage: failure?.message === undefined ? null : shown(failure.message, maxMessageChars),
    requestBytes: exchange.requestBytes,
    responseBytes: exchange.responseBytes,
    waitedMs: Math.round(admitted.waitedMs),
    startedAtMs: exchange.startedAtMs,
    firstByteMs: exchange.firstByteMs,
    durationMs: exchange.durationMs,
    requestBody: bodies ? shown(bodies.request, bodies.request.length) : null,
    responseBody: bodies ? shown(bodies.response, bodies.response.length) : null,
    isListed: admitted.number <= maxListed,
  }
}

/** The same of a request for a token. Its headers and bodies are credentials, and are not kept. */
export function tokenLineOf(
  exchange: TokenExchange,
  { executionId, number, integration, stepKey, withoutSecrets }: NeededToken,
): ExchangeLine {
  const { method, path, failure, scheme, host, attempt, status, requestBytes, responseBytes, startedAtMs, firstByteMs, durationMs } =
    exchange
  const shown = showing(withoutSecrets)
  return {
    ...{ id: newId(), executionId, purpose: 'token' },
    stepKey: asSaid(stepKey),
    integration,
    method: shown(method, maxMethodChars),
    ...{ scheme, host, vendorHost: host },
    path: shown(path, maxPathChars),
    ...{ attempt, status },
    failureKind: failure?.kind ?? null,
    failureMessage: failure?.message ? shown(failure.message, maxMessageChars) : null,
    ...{ requestBytes, responseBytes, waitedMs: 0, startedAtMs, firstByteMs, durationMs, requestBody: null, responseBody: null },
    isListed: number <= maxListed,
  }
}

/** The runner says it: one that author code has taken over is not to spoil the lines that are written with its own. */
const asSaid = (text: string | null) => (text === null ? null : storable(text))

const showing = (withoutSecrets: Admitted['withoutSecrets']) => (text: string, maxChars: number) =>
  storable(withoutSecrets(text)).slice(0, maxChars).toWellFormed()

/** In which way an exchange failed, if it did. */
export function failureOf(outcome: Exchange['outcome']): { kind: string; message?: string } | undefined {
  if ('status' in outcome) {
    return outcome.status < 400 ? undefined : { kind: kindOfStatus(outcome.status, '') }
  }
  const { message } = outcome.failure
  const said = codeOfFailure(outcome.failure)
  if (said === 'egress_refused' || said === 'EGRESS_REFUSED') return { kind: 'egress_refused', message }
  return { kind: kindOfCode(said) ?? 'unavailable', message }
}
