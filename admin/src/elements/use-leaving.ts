import { useBlocker } from '@tanstack/react-router'
import { useRef } from 'react'
import { askToLeave } from './confirm.tsx'

/** Whether a form holds what would be lost. The form says so while it is drawn; nothing has to be drawn again for it. */
export type Changed = { current: boolean }

/**
 * Closing what a form is in: `close` asks first where something would be lost, `leave` does not, as after it was saved.
 *
 * @param onClose takes it from the page
 */
export function useLeaving(onClose: () => void): { isChanged: Changed; leave: () => void; close: () => Promise<void> } {
  const isChanged = useRef(false)
  const leave = () => {
    isChanged.current = false
    onClose()
  }
  const close = async () => {
    if (!isChanged.current || (await askToLeave())) leave()
  }
  return { isChanged, leave, close }
}

/** Asks also where a form is left by a link, by the way back, or with the page itself. */
export function useLeaveGuard(isChanged: Changed): void {
  useBlocker({
    shouldBlockFn: async () => isChanged.current && !(await askToLeave()),
    enableBeforeUnload: () => isChanged.current,
  })
}
