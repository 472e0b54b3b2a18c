import { setTimeout as delay } from 'node:timers/promises'
import { type CallOptions, type ExecutedWorkflow, type ExecutionSummary, isApiError, type LogLine, openAnswer } from '@crosswalk/client'
import { EventSourceParserStream } from 'eventsource-parser/stream'

export type ExecutionEvent =
  | { type: 'log'; line: LogLine }
  | { type: 'progress'; progress: NonNullable<ExecutionSummary['progress']> }
  | { type: 'ended'; execution: ExecutedWorkflow }

const maxPauseMs = 3_000
/** How long a server may be away, for a restart, before following gives up. */
const patienceMs = 60_000

/** The server sends what its description says; other events belong to a newer one. */
function eventOf(name: string | undefined, data: string): ExecutionEvent | undefined {
  if (name === 'log') return { type: 'log', line: JSON.parse(data) as LogLine }
  if (name === 'progress') return { type: 'progress', progress: JSON.parse(data) as NonNullable<ExecutionSummary['progress']> }
  if (name === 'ended') return { type: 'ended', execution: JSON.parse(data) as ExecutedWorkflow }
  return undefined
}

function isPassing(error: unknown): boolean {
  return isApiError(error, 'server_unreachable') || (isApiError(error) && error.status >= 500)
}

/**
 * An execution's log from its first line, or from after `lastSeen`, as it is written, until the execution ends.
 * A connection that breaks is made again and continues after the last line.
 *
 * @throws ApiError where the server refuses, or stays away
 */
export async function* followExecution(call: CallOptions, executionId: string, lastSeen?: number): AsyncGenerator<ExecutionEvent> {
  let last = lastSeen
  let awaySince: number | undefined
  let failures = 0
  for (;;) {
    try {
      const headers = { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': String(last) }) }
      const { body } = await openAnswer(`/api/executions/${encodeURIComponent(executionId)}/logs`, { ...call, headers })
      for await (const { event, data, id } of (body ?? new ReadableStream<Uint8Array<ArrayBuffer>>())
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream())) {
        awaySince = undefined
        failures = 0
        if (id !== undefined) last = Number(id)
        const known = eventOf(event, data)
        if (known) yield known
        if (known?.type === 'ended') return
      }
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason
      const isBroken = error instanceof TypeError // how `fetch` says that a stream broke off
      awaySince ??= Date.now()
      if (!(isBroken || isPassing(error)) || Date.now() - awaySince > patienceMs) throw error
    }
    failures += 1
    await delay(Math.min(maxPauseMs, 50 * 2 ** failures), undefined, call.signal ? { signal: call.signal } : {})
  }
}
