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
  IconSettings,
  IconStack2,
  IconUsers,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useLinkTo } from '../elements/app-link.tsx'
import { paths } from '../paths.ts'
import { meFor } from '../queries/access.ts'

/** What the navigation leads to, in its order, and the permission without which there is nothing to see. */
const allPages = [
  { label: 'Dashboard', to: paths.dashboard(), icon: IconLayoutDashboard, needs: 'canViewMappings' },
  { label: 'Organizations', to: paths.organizations(), icon: IconBuilding, needs: null },
  { label: 'Integrations', to: paths.integrations(), icon: IconPlugConnected, needs: 'canViewCatalogue' },
  { label: 'Mappings', to: paths.mappings(), icon: IconArrowsExchange, needs: 'canViewMappings' },
  { label: 'Workflows', to: paths.workflows(), icon: IconRoute, needs: 'canViewCatalogue' },
  { label: 'Schedules', to: paths.schedules(), icon: IconCalendarTime, needs: 'canRunWorkflows' },
  { label: 'Batches', to: paths.batches(), icon: IconStack2, needs: 'canRunWorkflows' },
  { label: 'Executions', to: paths.executions(), icon: IconActivity, needs: 'canViewExecutions' },
  { label: 'Data providers', to: paths.dataProviders(), icon: IconListSearch, needs: 'canViewCatalogue' },
  { label: 'Secrets & config', to: paths.values(), icon: IconKey, needs: 'canViewConfigValues' },
  { label: 'People', to: paths.people(), icon: IconUsers, needs: 'canManagePeople' },
  { label: 'Settings', to: paths.keys(), icon: IconSettings, needs: 'canManageKeys' },
  { label: 'Audit', to: paths.audit(), icon: IconHistory, needs: 'canViewAudit' },
]

/** The pages that the one who is signed in can use. */
export function usePages() {
  const permissions = useQuery(meFor()).data?.permissions
  return allPages.filter(({ needs }) => needs === null || permissions?.includes(needs))
}

function PageLink({ page, isHere, onGo }: { page: (typeof allPages)[number]; isHere: boolean; onGo: () => void }) {
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

// Settings has no page of its own.
const isUnder = (here: string, to: string) => here === to || here.startsWith(`${to.replace(/^(\/settings)\/.*/, '$1')}/`)

/** The pages of the interface. */
export function Navigation({ onGo }: { onGo: () => void }) {
  const here = useLocation({ select: (location) => location.pathname })
  const pages = usePages()
  return (
    <Stack gap={2}>
      {pages.map((page) => (
        <PageLink key={page.to} page={page} onGo={onGo} isHere={page.to === '/' ? here === '/' : isUnder(here, page.to)} />
      ))}
    </Stack>
  )
}
