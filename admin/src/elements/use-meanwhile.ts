import { isApiError } from '@crosswalk/client'
import { useState } from 'react'

/** True where a change was refused because somebody else was faster. */
export const isChangedMeanwhile = (error: unknown): boolean => isApiError(error, 'changed_meanwhile')

/** The save of a form, as `useMutation` gives it. */
type Saving<T> = { error: unknown; isPending: boolean; reset: () => void; mutate: (base: T | undefined) => void }

/**
 * What a form changes: the thing as it was opened, and as it is once a save was refused because somebody else had changed it.
 *
 * @param opened undefined where the form makes something new
 * @param readNow reads the thing again
 */
export function useMeanwhile<T>(opened: T | undefined, readNow: () => Promise<T | undefined>) {
  const [base, setBase] = useState(opened)
  const [theirs, setTheirs] = useState<T>()
  /** The person knows of it now: what is saved next changes theirs. */
  const accept = () => {
    setBase(theirs)
    setTheirs(undefined)
  }
  return {
    /** What the person has seen, and what a save is meant to change. */
    base,
    theirs,
    accept,
    /** To be told of each save that was refused. */
    async refused(error: unknown) {
      if (isChangedMeanwhile(error)) setTheirs(await readNow().catch(() => undefined))
    },
    /**
     * What `ChangedMeanwhile` offers, for a form whose save is given what it changes.
     *
     * @param fill puts theirs into the form
     */
    choice(saving: Saving<T>, fill: (theirs: T | undefined) => void) {
      return {
        error: saving.error,
        isSaving: saving.isPending,
        onTakeTheirs() {
          fill(theirs)
          accept()
          saving.reset()
        },
        onSaveMine() {
          accept()
          saving.mutate(theirs)
        },
      }
    },
  }
}
