import { Tabs } from '@mantine/core'
import { useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useGo } from '../url-state.ts'

/** Tabs that are pages: the address says which is open. */
export function RouteTabs({ label, tabs, children }: { label: string; tabs: { label: string; to: string }[]; children: ReactNode }) {
  const go = useGo()
  const here = useLocation({ select: (location) => location.pathname })
  const open = [...tabs].sort((a, b) => b.to.length - a.to.length).find(({ to }) => here === to || here.startsWith(`${to}/`))?.to ?? null
  return (
    <Tabs value={open} onChange={(to) => to && go(to)} keepMounted={false}>
      <Tabs.List mb="lg" aria-label={label} style={{ overflowX: 'auto', overflowY: 'hidden', flexWrap: 'nowrap' }}>
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
