import { isApiError } from '@crosswalk/client'
import { useState } from 'react'

/** True where a change was refused because somebody else was faster. */
export const isChangedMeanwhile = (error: unknown): boolean => isApiError(error, 'changed_meanwhile')

/**
 * What a form changes: the thing as it was opened, and as it is once a save was refused because somebody else had changed it.
 *
 * @param opened undefined where the form makes something new
 * @param readNow reads the thing again
 */
export function useMeanwhile<T>(opened: T | undefined, readNow: () => Promise<T | undefined>) {
  const [base, setBase] = useState(opened)
  const [theirs, setTheirs] = useState<T>()
  return {
    /** What the person has seen, and what a save is meant to change. */
    base,
    theirs,
    /** To be told of each save that was refused. */
    async refused(error: unknown) {
      if (isChangedMeanwhile(error)) setTheirs(await readNow().catch(() => undefined))
    },
    /** The person knows of it now: what is saved next changes theirs. */
    accept() {
      setBase(theirs)
      setTheirs(undefined)
    },
  }
}
