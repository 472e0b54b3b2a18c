export type StreamEvent = { id: number | null; event: string; data: unknown /** When it came, in milliseconds. */; at: number }

/** Reads server-sent events as they come. Throws when the connection breaks before the stream has ended. */
export async function* readEvents(url: string, headers: Record<string, string>, signal?: AbortSignal): AsyncGenerator<StreamEvent> {
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, ...(signal ? { signal } : {}) })
  if (!response.ok || !response.body) throw new Error(`The stream was refused with ${response.status}.`)
  let rest = ''
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
      const data = fields.get('data')
      if (data === undefined) continue
      const id = fields.get('id')
      yield { id: id === undefined ? null : Number(id), event: fields.get('event') ?? 'message', data: JSON.parse(data), at: Date.now() }
    }
  }
}
