import type { Session } from './session.ts'

/**
 * What the code of an execution writes to the output of its process becomes lines of its log, as what it says to the console does: the
 * worker shows nothing of the output itself, which has the secrets of all.
 */
export function takeOutput(current: () => Session | undefined): void {
  for (const [stream, level] of [
    [process.stdout, 'info'],
    [process.stderr, 'error'],
  ] as const) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
    const taken = (...args: unknown[]): boolean => {
      const session = current()
      if (!session) return write(...args)
      const [piece, encoding] = args
      session.log(level, textOf(piece, encoding).replace(/\r?\n$/, ''))
      const callback = args.find((arg) => typeof arg === 'function')
      if (callback) setImmediate(callback as () => void)
      return true
    }
    Object.defineProperty(stream, 'write', { value: taken, writable: true, configurable: true })
  }
}

function textOf(piece: unknown, encoding: unknown): string {
  if (piece instanceof Uint8Array) return Buffer.from(piece).toString()
  if (typeof piece !== 'string') throw new TypeError('What is written to the output must be text or bytes.')
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) ? Buffer.from(piece, encoding).toString() : piece
}
