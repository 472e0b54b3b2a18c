import { StringDecoder } from 'node:string_decoder'
import type { Session } from './session.ts'

/** A line that does not end is held up to this length. */
const maxHeldChars = 65_536

/** The beginning of a line, until its end is written. */
type Held = { text: string; decoder: StringDecoder }

/**
 * What the code of an execution writes to the output of its process becomes lines of its log, as what it says to the console does: the
 * worker shows nothing of the output itself, which has the secrets of all. A line that is written in pieces is told whole: in pieces, a
 * secret in it would not be known.
 */
export function takeOutput(current: () => Session | undefined): void {
  for (const [name, level] of [
    ['stdout', 'info'],
    ['stderr', 'error'],
  ] as const) {
    // Node makes a stream when it is first asked for it, which takes its time, and many executions never do.
    const { get, ...rest } = Object.getOwnPropertyDescriptor(process, name) as { get(): NodeJS.WriteStream } & PropertyDescriptor
    let stream: NodeJS.WriteStream | undefined
    Object.defineProperty(process, name, { ...rest, get: () => (stream ??= taken(get.call(process), level, current)) })
  }
}

function taken(stream: NodeJS.WriteStream, level: 'info' | 'error', current: () => Session | undefined): NodeJS.WriteStream {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  const heldOf = new WeakMap<Session, Held>()
  const hold = (session: Session): Held => {
    const held = { text: '', decoder: new StringDecoder() }
    heldOf.set(session, held)
    session.beforeEnd.push(() => {
      const rest = held.text + held.decoder.end()
      if (rest !== '') session.log(level, rest)
    })
    return held
  }
  const take = (...args: unknown[]): boolean => {
    const session = current()
    if (!session) return write(...args)
    const [piece, encoding] = args
    const held = heldOf.get(session) ?? hold(session)
    const text = held.text + textOf(piece, encoding, held.decoder)
    const end = text.length > maxHeldChars ? text.length : text.lastIndexOf('\n') + 1
    held.text = text.slice(end)
    if (end > 0) session.log(level, text.slice(0, end).replace(/\r?\n$/, ''))
    const callback = args.find((arg) => typeof arg === 'function')
    if (callback) setImmediate(callback as () => void)
    return true
  }
  Object.defineProperty(stream, 'write', { value: take, writable: true, configurable: true })
  return stream
}

function textOf(piece: unknown, encoding: unknown, decoder: StringDecoder): string {
  if (piece instanceof Uint8Array) return decoder.write(Buffer.from(piece))
  if (typeof piece !== 'string') throw new TypeError('What is written to the output must be text or bytes.')
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) ? Buffer.from(piece, encoding).toString() : piece
}
