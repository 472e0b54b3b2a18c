import { isApiError } from '@crosswalk/client'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { messageOf } from './error-notice.tsx'

const closeButtonProps = { 'aria-label': 'Close' }

export function notifyDone(message: string): void {
  notifications.show({ message, color: 'green', icon: <IconCheck size={18} />, withBorder: true, closeButtonProps })
}

/** For failures of actions that have no place of their own on the page. */
export function notifyFailure(title: string, error: unknown): void {
  const reference = isApiError(error) ? ` (${error.code}${error.requestId ? `, request ${error.requestId}` : ''})` : ''
  notifications.show({
    title,
    message: `${messageOf(error)}${reference}`,
    color: 'red',
    icon: <IconAlertTriangle size={18} />,
    autoClose: 12_000,
    withBorder: true,
    closeButtonProps,
  })
}

/** For what was done in part, and leaves the rest to the person: it stays until that person closes it. */
export function notifyUnfinished(title: string, message: string): void {
  notifications.show({
    title,
    message,
    color: 'orange',
    icon: <IconAlertTriangle size={18} />,
    autoClose: false,
    withBorder: true,
    closeButtonProps,
  })
}
