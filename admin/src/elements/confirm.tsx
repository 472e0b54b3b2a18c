import { Text } from '@mantine/core'
import { modals } from '@mantine/modals'

type Question = { title: string; text: string; confirm: string; cancel?: string; isDangerous?: boolean }

/** Asks a person before something is done. Resolves to their answer; closing the question is a no. */
export function askToConfirm({ title, text, confirm, cancel = 'Cancel', isDangerous = false }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title,
      centered: true,
      closeButtonProps: { 'aria-label': 'Close' },
      children: <Text size="sm">{text}</Text>,
      labels: { confirm, cancel },
      // Enter does what was asked for, or where something would be lost by it, nothing.
      confirmProps: isDangerous ? { color: 'red', autoContrast: false, bg: 'red.9' } : { 'data-autofocus': true },
      cancelProps: isDangerous ? { 'data-autofocus': true } : {},
      onConfirm: () => resolve(true),
      onCancel: () => resolve(false),
      onClose: () => resolve(false),
    })
  })
}

/** Before something that was entered is lost. */
export const askToLeave = () =>
  askToConfirm({
    title: 'Leave without saving?',
    text: 'What you entered here is lost.',
    confirm: 'Leave',
    cancel: 'Stay here',
    isDangerous: true,
  })
