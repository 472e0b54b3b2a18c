import type { Socket } from 'node:net'

/** How long a connection without a request is kept at most, whatever its server allows. */
const maxIdleMs = 10_000
const sweepMs = 2_000

type Origin = { busy: number; idleSinceMs: number; sockets: Set<Socket> }

/** Which connections of a runner's requests nobody uses, by origin. Those that were used longest ago stand first. */
export class KeptConnections {
  readonly #origins = new Map<string, Origin>()
  readonly #sweep: NodeJS.Timeout

  constructor() {
    this.#sweep = setInterval(() => this.#endOld(performance.now() - maxIdleMs), sweepMs)
    this.#sweep.unref()
  }

  close(): void {
    clearInterval(this.#sweep)
  }

  add(origin: string, socket: Socket): void {
    this.#of(origin).sockets.add(socket)
    socket.once('close', () => {
      const kept = this.#origins.get(origin)
      kept?.sockets.delete(socket)
      this.#drop(origin)
    })
  }

  /** A request to the origin begins. @returns what is called once, when it is over */
  begin(origin: string): () => void {
    const kept = this.#of(origin)
    kept.busy++
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      kept.busy--
      kept.idleSinceMs = performance.now()
      this.#origins.delete(origin)
      this.#origins.set(origin, kept)
      this.#drop(origin)
    }
  }

  /** Ends the connections of an origin that no request uses. */
  freeIdle(): void {
    for (const { busy, sockets } of this.#origins.values())
      if (busy === 0 && sockets.size > 0) {
        for (const socket of sockets) socket.destroy()
        return
      }
  }

  #endOld(beforeMs: number): void {
    for (const { busy, idleSinceMs, sockets } of this.#origins.values())
      if (busy === 0 && idleSinceMs < beforeMs) for (const socket of sockets) socket.destroy()
  }

  #of(origin: string): Origin {
    const kept = this.#origins.get(origin) ?? { busy: 0, idleSinceMs: performance.now(), sockets: new Set() }
    this.#origins.set(origin, kept)
    return kept
  }

  #drop(origin: string): void {
    const kept = this.#origins.get(origin)
    if (kept?.busy === 0 && kept.sockets.size === 0) this.#origins.delete(origin)
  }
}
