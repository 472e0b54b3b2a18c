/**
 * Keeps the focus where the person is. A button that is disabled while it works, or that makes room for what it brought, takes the focus
 * with it: the browser puts it on the page's body, from where the next Tab begins at the top and a screen reader says nothing.
 *
 * @returns what ends it
 */
export function keepFocus(root: Document = document): () => void {
  let last: { element: HTMLElement; around: HTMLElement[]; wasBusy: boolean } | undefined

  const remember = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement) || target === root.body) return
    const around: HTMLElement[] = []
    for (let parent = target.parentElement; parent; parent = parent.parentElement) around.push(parent)
    last = { element: target, around, wasBusy: false }
  }
  // Who clicks beside everything, or leaves the window, means it.
  const forget = ({ target }: PointerEvent) => {
    if (target instanceof Element && !target.closest('button, a, input, textarea, select, [tabindex], label')) last = undefined
  }
  const look = () => {
    if (!last || root.activeElement !== root.body) return
    const { element, around, wasBusy } = last
    if (element.isConnected && element.matches(':disabled[data-loading]')) {
      last.wasBusy = true
      return
    }
    if (element.isConnected && !element.matches(':disabled')) {
      // It comes back when its work is done. What lost the focus otherwise was left on purpose.
      if (wasBusy) element.focus({ preventScroll: true })
      return
    }
    last = undefined
    const left = around.find((parent) => parent.isConnected)
    // What is neither of the page nor of a dialog over it brings the focus back itself.
    if (left?.closest('#main, [role="dialog"]')) focusWithin(left)
  }
  const observer = new MutationObserver(look)
  observer.observe(root.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled', 'data-loading'] })
  root.addEventListener('focusin', remember)
  root.addEventListener('pointerdown', forget)
  return () => {
    observer.disconnect()
    root.removeEventListener('focusin', remember)
    root.removeEventListener('pointerdown', forget)
  }
}

/** Puts the focus on a part of the page without making it look like a field. */
function focusWithin(part: HTMLElement): void {
  if (!part.hasAttribute('tabindex')) {
    part.setAttribute('tabindex', '-1')
    part.style.outline = 'none'
    part.addEventListener('blur', () => part.removeAttribute('tabindex'), { once: true })
  }
  part.focus({ preventScroll: true })
}
