type Given = {
  everyMs: number
  /** Does one turn. @param isStopped true once a long turn should come to its end */
  work(isStopped: () => boolean): Promise<unknown>
  onFailure(error: unknown): void
  /** The first turn is done at once, and not after the first pause. */
  isAtOnce?: boolean
}

/** Repeats work until it is stopped. While a turn takes longer than the pause, the next ones are left out and do not queue. */
export function repeatWork({ everyMs, work, onFailure, isAtOnce = false }: Given): { stop(): Promise<void> } {
  let isStopped = false
  let working: Promise<void> | undefined
  const turn = () => {
    working ??= Promise.resolve(work(() => isStopped))
      .then(() => {}, onFailure)
      .finally(() => {
        working = undefined
      })
  }
  if (isAtOnce) turn()
  const timer = setInterval(turn, everyMs)
  return {
    async stop() {
      isStopped = true
      clearInterval(timer)
      await working
    },
  }
}
