import { Badge, NavLink, Stack, VisuallyHidden } from '@mantine/core'
import {
  IconActivity,
  IconArrowsExchange,
  IconBuilding,
  IconCalendarTime,
  IconChecklist,
  IconForms,
  IconHistory,
  IconHome,
  IconInbox,
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
import { useLocation, useMatches } from '@tanstack/react-router'
import { useLinkTo } from '../elements/app-link.tsx'
import { hasDashboard } from '../parts/grants/has-dashboard.ts'
import { paths } from '../paths.ts'
import { meFor } from '../queries/access.ts'
import { approvalsForMe, countedForMe } from '../queries/approvals.ts'

/** Each lets one see something of an organization. */
const ofOrganizations = [
  'canManageOrganizations',
  'canViewMappings',
  'canViewConfigValues',
  'canManageSecrets',
  'canRunWorkflows',
  'canViewExecutions',
]

/** What the navigation leads to, in its order, and the permissions of which one needs one: without, there is nothing to see. */
const allPages = [
  // Who has less sees something else there.
  { label: 'Dashboard', to: paths.dashboard(), icon: IconLayoutDashboard, needs: null },
  { label: 'Forms', to: paths.forms(), icon: IconForms, needs: ['canSubmitForms'] },
  { label: 'Requests', to: paths.requests(), icon: IconInbox, needs: ['canSubmitForms'] },
  { label: 'Approvals', to: paths.approvals(), icon: IconChecklist, needs: ['canApprove'] },
  { label: 'Organizations', to: paths.organizations(), icon: IconBuilding, needs: ofOrganizations },
  { label: 'Integrations', to: paths.integrations(), icon: IconPlugConnected, needs: ['canViewCatalogue'] },
  { label: 'Mappings', to: paths.mappings(), icon: IconArrowsExchange, needs: ['canViewMappings'] },
  { label: 'Workflows', to: paths.workflows(), icon: IconRoute, needs: ['canViewCatalogue'] },
  { label: 'Schedules', to: paths.schedules(), icon: IconCalendarTime, needs: ['canRunWorkflows'] },
  { label: 'Batches', to: paths.batches(), icon: IconStack2, needs: ['canRunWorkflows'] },
  { label: 'Executions', to: paths.executions(), icon: IconActivity, needs: ['canViewExecutions'] },
  { label: 'Data providers', to: paths.dataProviders(), icon: IconListSearch, needs: ['canViewCatalogue'] },
  { label: 'Secrets & config', to: paths.values(), icon: IconKey, needs: ['canViewConfigValues', 'canManageSecrets'] },
  { label: 'People', to: paths.people(), icon: IconUsers, needs: ['canManagePeople'] },
  { label: 'Settings', to: paths.keys(), icon: IconSettings, needs: ['canManageKeys', 'canManageRoles'] },
  { label: 'Audit', to: paths.audit(), icon: IconHistory, needs: ['canViewAudit'] },
]

/** Who sees the catalogue runs workflows themselves, and has no need of forms. */
const ofCustomers: ReadonlySet<string> = new Set([paths.forms(), paths.requests()])

type PageInfo = (typeof allPages)[number]

const mayOpen = ({ needs }: PageInfo, permissions: readonly string[]) => needs === null || needs.some((each) => permissions.includes(each))

/** The pages that the one who is signed in can use. */
export function usePages(): PageInfo[] {
  const permissions = useQuery(meFor()).data?.permissions
  const isCustomer = !permissions?.includes('canViewCatalogue')
  const pages = permissions ? allPages.filter((page) => mayOpen(page, permissions) && (isCustomer || !ofCustomers.has(page.to))) : []
  return pages.map((page) =>
    page.to === paths.dashboard() && !hasDashboard(permissions) ? { ...page, label: 'Home', icon: IconHome } : page,
  )
}

/** The name of the page that is open, where it is not for these permissions. */
export function useClosedPage(permissions: readonly string[]): string | undefined {
  // What is shown, which for a moment is not yet what the address says.
  const here = useMatches({ select: (matches) => matches.at(-1)?.pathname ?? '/' })
  return allPages.find((page) => isUnder(here, page.to) && !mayOpen(page, permissions))?.label
}

/** How many approvals wait for the one who is signed in. */
function OpenApprovals() {
  const { data } = useQuery(approvalsForMe)
  if (!data || data.count === 0) return null
  const count = data.next_cursor === null ? data.count.toLocaleString() : `${countedForMe}+`
  return (
    <Badge size="sm" circle={data.count < 10} color="red.9" autoContrast={false}>
      {count}
      <VisuallyHidden> for you</VisuallyHidden>
    </Badge>
  )
}

function PageLink({ page, isHere, onGo }: { page: PageInfo; isHere: boolean; onGo: () => void }) {
  return (
    <NavLink
      {...useLinkTo(page.to, onGo)}
      label={page.label}
      leftSection={<page.icon size={18} stroke={1.7} />}
      rightSection={page.to === paths.approvals() ? <OpenApprovals /> : undefined}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
    />
  )
}

// Settings has no page of its own.
const isUnder = (here: string, to: string) => here === to || (to !== '/' && here.startsWith(`${to.replace(/^(\/settings)\/.*/, '$1')}/`))

/** The pages of the interface. */
export function Navigation({ onGo }: { onGo: () => void }) {
  const here = useLocation({ select: (location) => location.pathname })
  const pages = usePages()
  return (
    <Stack gap={2}>
      {pages.map((page) => (
        <PageLink key={page.to} page={page} onGo={onGo} isHere={isUnder(here, page.to)} />
      ))}
    </Stack>
  )
}
