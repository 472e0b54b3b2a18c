import { getHeapStatistics } from 'node:v8'

const lookMs = 5_000
/**
 * So many looks in a row find an idle process before it collects, except for the first time. A collection of everything takes the shapes of
 * objects of which there are none at that moment, and with them the code that V8 has made for them: what comes next runs slower for a while.
 * A pause of some seconds is not worth that.
 */
const idleLooks = 12
/** A look that finds it busy takes so many of them back. */
const busyCosts = 4
/** So many looks are soon after the start. */
const startLooks = 4
/** The part of the time in which a process that has nothing to do is busy with its own upkeep. */
const maxIdleUtilization = 0.05
/** A collection takes some 50 ms, which less is not worth. */
const minGainBytes = 8 * 2 ** 20

type Given = {
  /** Collects, and gives what is free back to the system. */
  collect: () => void
  /** How much of the system's memory the heap has. */
  heapBytes: () => number
  /** The part of the time since it was last asked in which the process was busy. */
  utilization: () => number
}

/**
 * Makes a look, to be repeated: it collects where the process has nothing to do and has taken more memory since. V8 keeps the room in
 * which it makes new objects, some 30 MB after a start or a busy hour, until a large collection, and a process that is idle needs none.
 */
export function createIdleLook({ collect, heapBytes, utilization }: Given): () => void {
  let keptBytes = 0
  let idleFor = 0
  let looks = 0
  return () => {
    // What is done every minute does not have it begin again.
    idleFor = Math.min(idleLooks, Math.max(0, idleFor + (utilization() > maxIdleUtilization ? -busyCosts : 1)))
    // What a start leaves behind is most of it, and no code is warm by then.
    const wanted = ++looks <= startLooks && keptBytes === 0 ? 1 : idleLooks
    if (idleFor < wanted || heapBytes() < keptBytes + minGainBytes) return
    collect()
    idleFor = 0
    keptBytes = heapBytes()
  }
}

/** Gives memory back to the system whenever this process is idle, where it was started with `--expose-gc`. */
export function giveBackWhenIdle(): void {
  const { gc } = globalThis
  if (!gc) return
  let before = performance.eventLoopUtilization()
  const look = createIdleLook({
    collect: () => void gc({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
    heapBytes: () => getHeapStatistics().total_heap_size,
    utilization() {
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, before)
      before = now
      return utilization
    },
  })
  setInterval(look, lookMs).unref()
}
