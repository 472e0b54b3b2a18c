import { getListExecutionLogsUrl, isApiError, type LogLine, openAnswer } from '@crosswalk/client'
import { useQueryClient } from '@tanstack/react-query'
import { createParser } from 'eventsource-parser'
import { useEffect, useState } from 'react'
import { executionsKey } from '../queries/executions.ts'
import { entryOf, type LogEntry } from './log-entry.ts'

export type LogState = { lines: LogEntry[]; status: 'connecting' | 'following' | 'ended' | 'refused' | 'interrupted' }

const tryAgainMs = 1_500
const paintEveryMs = 80
/** Lines are read in turns of this time, between which the browser paints and takes keys. */
const turnMs = 12

/** Ends the turn. Not a timer: of a page in the background those come once a second. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

/** Reads the stream once, from after the given line on. Resolves to how it ended: nothing comes after `ended` and `refused`. */
async function follow(
  id: string,
  after: number,
  signal: AbortSignal,
  onLine: (line: LogLine) => void,
  onNews: () => void,
  onOpen: () => void,
): Promise<'ended' | 'refused' | 'interrupted'> {
  const answer = await openAnswer(getListExecutionLogsUrl(id), {
    signal,
    headers: { accept: 'text/event-stream', ...(after >= 0 ? { 'last-event-id': String(after) } : {}) },
  })
  if (!answer.body) return 'interrupted'
  onOpen()
  let end: 'ended' | 'refused' | 'interrupted' = 'interrupted'
  const parser = createParser({
    onEvent({ event, data }) {
      if (event === 'log')
        onLine(JSON.parse(data) as LogLine) // the stream's events hold the API's views
      else onNews()
      if (event === 'ended' || event === 'refused') end = event
    },
  })
  const decoder = new TextDecoder()
  let begunAt = performance.now()
  for await (const chunk of streamOf(answer.body)) {
    parser.feed(decoder.decode(chunk, { stream: true }))
    if (performance.now() - begunAt < turnMs) continue
    await nextTurn()
    begunAt = performance.now()
  }
  return end
}

async function* streamOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    reader.releaseLock()
  }
}

/** An execution's log as it is written. A connection that breaks off is made again, from the last line on. */
export function useLog(id: string): LogState {
  const queries = useQueryClient()
  const [state, setState] = useState<LogState>({ lines: [], status: 'connecting' })
  useEffect(() => {
    const gone = new AbortController()
    let lines: LogEntry[] = []
    let status: LogState['status'] = 'connecting'
    let painting: number | undefined
    const paint = () => {
      painting = undefined
      setState({ lines: [...lines], status })
    }
    // A thousand lines a second are painted a dozen times.
    const soon = () => {
      painting ??= window.setTimeout(paint, paintEveryMs)
    }
    const set = (next: LogState['status']) => {
      status = next
      soon()
    }
    const run = async () => {
      while (!gone.signal.aborted) {
        const end = await follow(
          id,
          lines.at(-1)?.sequence ?? -1,
          gone.signal,
          (line) => {
            lines.push(entryOf(line))
            soon()
          },
          () => void queries.invalidateQueries({ queryKey: [...executionsKey, 'one', id] }),
          () => set('following'),
        ).catch((error: unknown) => (isApiError(error) && [401, 403, 404].includes(error.status) ? 'refused' : 'interrupted'))
        if (gone.signal.aborted) return
        set(end)
        // Who is refused once is refused each time.
        if (end !== 'interrupted') return
        await new Promise((resolve) => window.setTimeout(resolve, tryAgainMs))
      }
    }
    void run()
    return () => {
      gone.abort()
      window.clearTimeout(painting)
      lines = []
    }
  }, [id, queries])
  return state
}
