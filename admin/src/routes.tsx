import { type AnyRoute, createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { PageFailure, PageNotFound } from './shell/page-failure.tsx'
import { Shell } from './shell/shell.tsx'
import { parseSearch, stringifySearch } from './url-state.ts'

const root = createRootRoute({ component: Outlet })
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })

type Module<Name extends string> = Record<Name, () => React.ReactNode>

/** A page that is loaded when it is first opened. */
function page<Name extends string>(parent: AnyRoute, path: string, load: () => Promise<Module<Name>>, name: Name) {
  return createRoute({ getParentRoute: () => parent, path, component: lazyRouteComponent(load, name) })
}

const signIn = page(root, '/sign-in', () => import('./auth/sign-in-page.tsx'), 'SignInPage')

const beforeSigningIn = [
  signIn,
  page(root, '/welcome', () => import('./auth/link-page.tsx'), 'LinkPage'),
  page(root, '/reset', () => import('./auth/link-page.tsx'), 'LinkPage'),
  page(root, '/first-administrator', () => import('./auth/first-administrator-page.tsx'), 'FirstAdministratorPage'),
]

const organization = page(shell, '/organizations/$orgId', () => import('./organizations/organization-layout.tsx'), 'OrganizationLayout')
const organizationTabs = [
  page(organization, '/', () => import('./organizations/overview-tab.tsx'), 'OverviewTab'),
  page(organization, '/integrations', () => import('./mappings/mappings-tab.tsx'), 'MappingsTab'),
  page(organization, '/values', () => import('./values/organization-values-tab.tsx'), 'OrganizationValuesTab'),
  page(organization, '/executions', () => import('./executions/executions-page.tsx'), 'OrganizationExecutionsTab'),
]

const integration = page(shell, '/integrations/$name', () => import('./integrations/integration-layout.tsx'), 'IntegrationLayout')
const integrationTabs = [
  page(integration, '/', () => import('./integrations/overview-tab.tsx'), 'IntegrationOverviewTab'),
  page(integration, '/organizations', () => import('./integrations/organizations-tab.tsx'), 'IntegrationOrganizationsTab'),
  page(integration, '/match', () => import('./matching/match-tab.tsx'), 'MatchTab'),
  page(integration, '/discovered', () => import('./integrations/discovered-tab.tsx'), 'DiscoveredTab'),
  page(integration, '/history', () => import('./integrations/history-tab.tsx'), 'DiscoveryHistoryTab'),
]

const settings = page(shell, '/settings', () => import('./access/settings-layout.tsx'), 'SettingsLayout')
const settingsTabs = [
  page(settings, '/keys', () => import('./access/keys-page.tsx'), 'KeysPage'),
  page(settings, '/roles', () => import('./access/roles-page.tsx'), 'RolesPage'),
  page(settings, '/fields', () => import('./organizations/fields-page.tsx'), 'OrganizationFieldsPage'),
]

const pages = root.addChildren([
  ...beforeSigningIn,
  shell.addChildren([
    page(shell, '/', () => import('./dashboard/dashboard-page.tsx'), 'DashboardPage'),
    page(shell, '/organizations', () => import('./organizations/organizations-page.tsx'), 'OrganizationsPage'),
    page(shell, '/organizations/import', () => import('./organizations/import-page.tsx'), 'ImportPage'),
    organization.addChildren(organizationTabs),
    page(shell, '/integrations', () => import('./integrations/integrations-page.tsx'), 'IntegrationsPage'),
    integration.addChildren(integrationTabs),
    page(shell, '/mappings', () => import('./mappings/mappings-page.tsx'), 'MappingsPage'),
    page(shell, '/workflows', () => import('./workflows/workflows-page.tsx'), 'WorkflowsPage'),
    page(shell, '/workflows/$name', () => import('./workflows/workflow-page.tsx'), 'WorkflowPage'),
    page(shell, '/forms', () => import('./forms/forms-page.tsx'), 'FormsPage'),
    page(shell, '/forms/$id', () => import('./forms/form-page.tsx'), 'FormPage'),
    page(shell, '/requests', () => import('./forms/requests-page.tsx'), 'RequestsPage'),
    page(shell, '/requests/$id', () => import('./forms/request-page.tsx'), 'RequestPage'),
    page(shell, '/approvals', () => import('./approvals/approvals-page.tsx'), 'ApprovalsPage'),
    page(shell, '/schedules', () => import('./schedules/schedules-page.tsx'), 'SchedulesPage'),
    page(shell, '/batches', () => import('./batches/batches-page.tsx'), 'BatchesPage'),
    page(shell, '/batches/$batchId', () => import('./batches/batch-page.tsx'), 'BatchPage'),
    page(shell, '/executions', () => import('./executions/executions-page.tsx'), 'ExecutionsPage'),
    page(shell, '/executions/$executionId', () => import('./executions/execution-page.tsx'), 'ExecutionPage'),
    page(shell, '/data-providers', () => import('./data-providers/data-providers-page.tsx'), 'DataProvidersPage'),
    page(shell, '/values', () => import('./values/values-page.tsx'), 'ValuesPage'),
    page(shell, '/people', () => import('./people/people-page.tsx'), 'PeoplePage'),
    page(shell, '/people/sign-in', () => import('./people/sign-in-settings-page.tsx'), 'SignInSettingsPage'),
    page(shell, '/device', () => import('./profile/device-page.tsx'), 'DevicePage'),
    page(shell, '/profile', () => import('./profile/profile-page.tsx'), 'ProfilePage'),
    settings.addChildren(settingsTabs),
    page(shell, '/audit', () => import('./audit/audit-page.tsx'), 'AuditPage'),
    createRoute({ getParentRoute: () => shell, path: '$', component: PageNotFound }),
  ]),
])

/** Every page with its address. */
export function createPages() {
  return createRouter({
    routeTree: pages,
    parseSearch,
    stringifySearch,
    defaultPreload: false,
    scrollRestoration: true,
    defaultErrorComponent: PageFailure,
    defaultNotFoundComponent: PageNotFound,
  })
}
