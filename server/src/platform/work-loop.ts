/** Work that is done by one at a time, and again while there is more. */
export type WorkLoop = {
  /** Begins, unless it is under way: then what is wanted now is done after it. */
  wake(): void
  /** Resolves once nothing is under way. */
  settled(): Promise<void>
}

/**
 * Makes a loop. A failure ends it until somebody wakes it again.
 *
 * @param hasWork asked before each round; between its no and the end nothing else runs, so no wake-up is lost
 * @param doSome one round: takes back what it was woken by before it begins
 */
export function createWorkLoop(hasWork: () => boolean, doSome: () => Promise<void>, onFailure: (error: unknown) => void): WorkLoop {
  let working: Promise<void> | undefined

  async function work(): Promise<void> {
    try {
      while (hasWork()) await doSome()
    } catch (error) {
      onFailure(error)
    }
    working = undefined
  }

  return {
    wake() {
      // A loop without work would end before it was kept.
      if (!working && hasWork()) working = work()
    },
    settled: async () => working,
  }
}
