import { Drawer } from '@mantine/core'
import type { ReactNode } from 'react'

type FormDrawerProps = {
  title: string
  isOpen: boolean
  onClose: () => void
  closeOnEscape?: boolean
  children: ReactNode
}

/**
 * A form beside the page that it is opened from. Its footer stands at the bottom however long the form is, so that a button does not
 * move away while it is pressed.
 */
export function FormDrawer({ title, isOpen, onClose, closeOnEscape = true, children }: FormDrawerProps) {
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size={620}
      closeOnEscape={closeOnEscape}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close' }}
      styles={{
        title: { fontWeight: 650, fontSize: '1.15rem', overflowWrap: 'anywhere' },
        content: { display: 'flex', flexDirection: 'column' },
        body: { flex: '1 0 auto', display: 'flex', flexDirection: 'column' },
      }}
    >
      {children}
    </Drawer>
  )
}
