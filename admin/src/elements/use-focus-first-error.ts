import { type RefObject, useEffect } from 'react'

/**
 * Leads to the first field of a form that was refused, once it says why.
 *
 * @param of the form, or something in it
 * @param failure what was refused; another one leads there again
 */
export function useFocusFirstError(of: RefObject<HTMLElement | null>, failure: unknown): void {
  useEffect(() => {
    if (!failure) return
    const form = of.current?.closest('form, [role="dialog"]') ?? of.current
    form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [of, failure])
}
