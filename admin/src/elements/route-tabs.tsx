import { Tabs } from '@mantine/core'
import { useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { useGo } from '../url-state.ts'

/** Tabs that are pages: the address says which is open. */
export function RouteTabs({ label, tabs, children }: { label: string; tabs: { label: string; to: string }[]; children: ReactNode }) {
  const go = useGo()
  const here = useLocation({ select: (location) => location.pathname })
  const open = [...tabs].sort((a, b) => b.to.length - a.to.length).find(({ to }) => here === to || here.startsWith(`${to}/`))?.to ?? null
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // On a phone the list is wider than the screen.
    if (open) list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [open])
  return (
    <Tabs value={open} onChange={(to) => to && go(to)} keepMounted={false}>
      <Tabs.List
        ref={list}
        mb="lg"
        aria-label={label}
        style={{ overflowX: 'auto', overflowY: 'hidden', flexWrap: 'nowrap', scrollbarWidth: 'none' }}
      >
        {tabs.map((tab) => (
          <Tabs.Tab key={tab.to} value={tab.to} style={{ flexShrink: 0 }}>
            {tab.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {open && <Tabs.Panel value={open}>{children}</Tabs.Panel>}
    </Tabs>
  )
}
