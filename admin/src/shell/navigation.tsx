import { NavLink, Stack } from '@mantine/core'
import {
  IconActivity,
  IconArrowsExchange,
  IconBuilding,
  IconCalendarTime,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconListSearch,
  IconPlugConnected,
  IconRoute,
  IconStack2,
  IconUsers,
} from '@tabler/icons-react'
import { useLocation } from '@tanstack/react-router'
import { useLinkTo } from '../elements/app-link.tsx'
import { paths } from '../paths.ts'

/** What the navigation leads to, in its order. */
export const pages = [
  { label: 'Dashboard', to: paths.dashboard(), icon: IconLayoutDashboard },
  { label: 'Organizations', to: paths.organizations(), icon: IconBuilding },
  { label: 'Integrations', to: paths.integrations(), icon: IconPlugConnected },
  { label: 'Mappings', to: paths.mappings(), icon: IconArrowsExchange },
  { label: 'Workflows', to: paths.workflows(), icon: IconRoute },
  { label: 'Schedules', to: paths.schedules(), icon: IconCalendarTime },
  { label: 'Batches', to: paths.batches(), icon: IconStack2 },
  { label: 'Executions', to: paths.executions(), icon: IconActivity },
  { label: 'Data providers', to: paths.dataProviders(), icon: IconListSearch },
  { label: 'Secrets & config', to: paths.values(), icon: IconKey },
  { label: 'People', to: paths.people(), icon: IconUsers },
  { label: 'Audit', to: paths.audit(), icon: IconHistory },
]

function PageLink({ page, isHere, onGo }: { page: (typeof pages)[number]; isHere: boolean; onGo: () => void }) {
  return (
    <NavLink
      {...useLinkTo(page.to, onGo)}
      label={page.label}
      leftSection={<page.icon size={18} stroke={1.7} />}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
    />
  )
}

/** The pages of the interface. */
export function Navigation({ onGo }: { onGo: () => void }) {
  const here = useLocation({ select: (location) => location.pathname })
  return (
    <Stack gap={2}>
      {pages.map((page) => (
        <PageLink
          key={page.to}
          page={page}
          onGo={onGo}
          isHere={page.to === '/' ? here === '/' : here === page.to || here.startsWith(`${page.to}/`)}
        />
      ))}
    </Stack>
  )
}
