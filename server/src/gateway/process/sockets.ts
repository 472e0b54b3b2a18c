import type { Socket } from 'node:net'

/** Connections of one runner to the outside, idle ones of its requests too. */
const maxPerRunner = 256
/** How long one more waits for one of them to end. */
const maxWaitMs = 10_000
/** So much of the descriptors that the system allows goes to connections. The rest is for new runners, and the gateway itself. */
const shareOfDescriptors = 0.8

export type Place = { host: string; port: number }

/** How many connections the gateway has, of all runners. */
export class Descriptors {
  readonly #max: number
  #open = 0

  /** @param limit of the system, for this process */
  constructor(limit = descriptorLimit()) {
    this.#max = Math.floor(limit * shareOfDescriptors)
  }

  /** @throws EMFILE */
  take({ host, port }: Place): void {
    if (this.#open >= this.#max)
      throw tooMany({ host, port }, `the network gateway has ${this.#max} connections open, as many as it may. Try again later.`)
    this.#open++
  }

  release(): void {
    this.#open--
  }
}

/** Undefined by the system means none. */
function descriptorLimit(): number {
  const report = process.report as typeof process.report & { excludeNetwork: boolean }
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft: number | string } } }
  return Number(userLimits?.open_files?.soft) || 1_000_000
}

/** The connections of one runner: so many, and more only when one ends. */
export class RunnerSockets {
  readonly #all: Descriptors
  readonly #waiting = new Set<() => void>()
  readonly #sockets = new Set<Socket>()
  #open = 0
  /** Ends a connection that nobody uses, if there is one. */
  freeIdle: () => void = () => {}

  constructor(all: Descriptors) {
    this.#all = all
  }

  /** @throws what `connect` throws, and EMFILE where there are too many */
  async open(place: Place, connect: () => Promise<Socket>): Promise<Socket> {
    if (this.#open >= maxPerRunner) await this.#turn(place)
    else this.#open++
    try {
      this.#all.take(place)
    } catch (error) {
      this.#release()
      throw error
    }
    const release = () => {
      this.#all.release()
      this.#release()
    }
    try {
      const socket = await connect()
      if (socket.destroyed) release()
      else {
        this.#sockets.add(socket)
        socket.once('close', () => {
          this.#sockets.delete(socket)
          release()
        })
      }
      return socket
    } catch (error) {
      release()
      throw error
    }
  }

  /** What they have read or are to write, and nobody has taken. */
  get heldBytes(): number {
    let bytes = 0
    for (const { writableLength, readableLength } of this.#sockets) bytes += writableLength + readableLength
    return bytes
  }

  async #turn(place: Place): Promise<void> {
    const turn = Promise.withResolvers<void>()
    this.#waiting.add(turn.resolve)
    const timer = setTimeout(() => {
      this.#waiting.delete(turn.resolve)
      turn.reject(tooMany(place, `this runner has ${maxPerRunner} connections open, as many as it may. Have fewer open at once.`))
    }, maxWaitMs)
    this.freeIdle()
    try {
      await turn.promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** Its place goes to who waits longest. */
  #release(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#open--
      return
    }
    this.#waiting.delete(next)
    next()
  }
}

/** As the system says it, by a code that libraries know. */
function tooMany({ host, port }: Place, why: string): Error {
  return Object.assign(new Error(`connect EMFILE ${host}:${port}: ${why}`), { code: 'EMFILE', errno: -24, syscall: 'connect', port })
}
