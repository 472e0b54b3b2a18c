import { Anchor, type AnchorProps } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

/** What makes a plain link go to its page without loading the interface again. Other clicks (a new tab) stay the browser's. */
export function useLinkTo(path: string, onGo?: () => void) {
  const { history } = useRouter()
  return {
    href: path,
    onClick(event: MouseEvent) {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      event.preventDefault()
      onGo?.()
      history.push(path)
    },
  }
}

type AppLinkProps = AnchorProps & { to: string; children: ReactNode; 'aria-label'?: string }

/** A link to another page of the interface. */
export function AppLink({ to, children, ...props }: AppLinkProps) {
  return (
    <Anchor inherit {...props} {...useLinkTo(to)}>
      {children}
    </Anchor>
  )
}
