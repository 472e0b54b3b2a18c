import { Outlet } from '@tanstack/react-router'
import { PageHeader } from '../elements/page-header.tsx'
import { RouteTabs } from '../elements/route-tabs.tsx'
import { paths } from '../paths.ts'

/** Who and what may use the installation: each tab is a page. */
export function SettingsLayout() {
  return (
    <>
      <PageHeader
        title="Settings"
        description="Who may use this installation, for what and for which organizations, and what you keep of each of them."
      />
      <RouteTabs
        label="Settings"
        tabs={[
          { label: 'Keys', to: paths.keys() },
          { label: 'Roles', to: paths.roles() },
          { label: 'Custom fields', to: paths.organizationFields() },
        ]}
      >
        <Outlet />
      </RouteTabs>
    </>
  )
}
