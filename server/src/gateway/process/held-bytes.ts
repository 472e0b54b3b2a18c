import type { LaneStream } from '../../protocol/lane-stream.ts'

/** One runner, as far as its bytes are here. */
type Holder = {
  lane: { readonly queuedBytes: number; readonly streams: Iterable<LaneStream>; cutOff(reason: string): void }
  sockets: { readonly heldBytes: number }
  /** Ends one of its streams, and tells it why. */
  shed(stream: LaneStream, error: Error): void
}

/** Above that, each runner may have as much waiting for it as `tightQueuedBytes`, and no more. */
const tightBytes = 64 * 1024 * 1024
const tightQueuedBytes = 256 * 1024
/** Above that, what holds most is ended: there is no other way to have room for the others. */
export const maxHeldBytes = 128 * 1024 * 1024
/** It is counted again after so many bytes came or went. */
const lookEveryBytes = 2 * 1024 * 1024

/**
 * What the gateway holds for all runners together: for vendors that do not take what is sent, and for runners that do not read what comes.
 * Each stream and each runner has its limits; many at their limits would still fill the memory that all share. Counting costs a walk over
 * the streams, so it is done every few megabytes.
 */
export class HeldBytes {
  readonly #holders = new Set<Holder>()
  readonly #maxBytes: number
  #movedBytes = 0
  #isTight = false

  constructor(maxBytes = maxHeldBytes) {
    this.#maxBytes = maxBytes
  }

  /** @returns what takes it out again */
  add(holder: Holder): () => void {
    this.#holders.add(holder)
    return () => void this.#holders.delete(holder)
  }

  /** Whether a runner for which so much waits may be sent more. */
  mayQueue(queuedBytes: number): boolean {
    return !this.#isTight || queuedBytes < tightQueuedBytes
  }

  moved(bytes: number): void {
    this.#movedBytes += bytes
    if (this.#movedBytes < lookEveryBytes) return
    this.#movedBytes = 0
    this.#look()
  }

  #look(): void {
    const counted = [...this.#holders].map((holder) => ({ holder, bytes: heldBy(holder) }))
    const all = () => counted.reduce((sum, { bytes }) => sum + bytes, 0)
    this.#isTight = all() > tightBytes
    if (all() <= this.#maxBytes) return
    setImmediate(collect)
    // Always the one that holds most: one that holds little is not to end for what others hold.
    while (all() > this.#maxBytes) {
      const [first, ...others] = counted
      if (!first) return
      const max = others.reduce((one, other) => (other.bytes > one.bytes ? other : one), first)
      max.bytes = relieve(max.holder, max.bytes)
    }
  }
}

function heldBy({ lane, sockets }: Holder): number {
  let bytes = lane.queuedBytes + sockets.heldBytes
  for (const stream of lane.streams) bytes += stream.heldBytes
  return bytes
}

/** Ends what holds most of a runner, until half of it is gone. @returns how much it holds then */
function relieve({ lane, shed }: Holder, before: number): number {
  const ofAll = [...lane.streams].map((stream) => ({ stream, bytes: stream.heldBytes + (stream.handler.outsideBytes?.() ?? 0) }))
  const streams = ofAll.filter(({ bytes }) => bytes > 0).sort((one, other) => other.bytes - one.bytes)
  // What waits for it to be read is not free by ending streams.
  if (lane.queuedBytes * 2 >= before || streams.length === 0) {
    lane.cutOff('It does not read what it is sent, and the gateway has no room for it.')
    return 0
  }
  let freed = 0
  for (const { stream, bytes } of streams) {
    if (freed * 2 >= before) break
    freed += bytes
    shed(stream, noRoom())
  }
  return Math.max(0, before - freed)
}

/** What was given up is free now, and not when V8 finds that it has grown: buffers outside of its heap weigh little to it. */
function collect(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync' })
}

/** As the system says that it has no memory for a connection, by a code that libraries know. */
function noRoom(): Error {
  const message =
    'The network gateway has no room for what this call holds: the other end does not take what is sent, and too many calls wait like that. Have fewer under way at once, and try it again later.'
  return Object.assign(new Error(`write ENOBUFS: ${message}`), { code: 'ENOBUFS', errno: -105, syscall: 'write' })
}
