import { deactivateOrganization, type Organization, updateOrganization } from '@crosswalk/client'
import { Alert } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPencil, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Outlet, useParams } from '@tanstack/react-router'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { RouteTabs } from '../elements/route-tabs.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { ActiveStatus } from '../parts/status-badge.tsx'
import { paths } from '../paths.ts'
import { organizationOf, organizationsKey } from '../queries/organizations.ts'
import { useGo } from '../url-state.ts'
import { OrganizationForm } from './organization-form.tsx'

const trail = [{ label: 'Organizations', to: paths.organizations() }]

/** One organization: its name and actions above, its tabs' pages below. */
export function OrganizationLayout() {
  const { orgId = '' } = useParams({ strict: false })
  const { data, error, refetch, isFetching } = useQuery(organizationOf(orgId))
  if (data) return <Layout organization={data} />
  return (
    <>
      <PageHeader title="Organization" trail={trail} />
      <LoadState
        query={{ data, error, refetch, isFetching }}
        label="Loading the organization"
        failed="This organization could not be loaded"
      />
    </>
  )
}

function Layout({ organization }: { organization: Organization }) {
  const { id, name, is_active: isActive } = organization
  const [isEditing, editing] = useDisclosure()
  const lack = useLack('canManageOrganizations', id)
  const runLack = useLack('canRunWorkflows', id)
  const queries = useQueryClient()
  const go = useGo()
  const switching = useMutation({
    mutationFn: (wanted: boolean): Promise<unknown> => (wanted ? updateOrganization(id, { is_active: true }) : deactivateOrganization(id)),
    async onSuccess(_answer, wanted) {
      await queries.invalidateQueries({ queryKey: organizationsKey })
      notifyDone(wanted ? `${name} is active again.` : `${name} is deactivated. Nothing runs for it any more.`)
    },
    onError: (failure) => notifyFailure('Nothing was changed', failure),
  })
  const deactivate = async () => {
    const text = `Nothing will run for ${name} any more. Its mappings, secrets and history are kept, and it can be activated again.`
    if (await askToConfirm({ title: `Deactivate ${name}?`, text, confirm: 'Deactivate organization', isDangerous: true }))
      switching.mutate(false)
  }
  return (
    <>
      <PageHeader
        title={name}
        trail={trail}
        badge={<ActiveStatus isActive={isActive} />}
        actions={
          <>
            <ActionButton
              variant="default"
              leftSection={<IconPlayerPlay size={16} />}
              reason={isActive ? runLack : 'The organization is deactivated.'}
              onClick={() => go(paths.workflows({ org: id }))}
            >
              Run a workflow
            </ActionButton>
            <ActionButton variant="default" reason={lack} leftSection={<IconPencil size={16} />} onClick={editing.open}>
              Edit
            </ActionButton>
            <ActionButton
              variant="default"
              reason={lack}
              loading={switching.isPending}
              onClick={() => (isActive ? void deactivate() : switching.mutate(true))}
            >
              {isActive ? 'Deactivate organization' : 'Activate organization'}
            </ActionButton>
          </>
        }
      />
      {!isActive && (
        <Alert color="orange" variant="light" mb="md">
          This organization is deactivated: nothing runs for it. Activate it to test, discover or run.
        </Alert>
      )}
      <RouteTabs
        label="Organization"
        tabs={[
          { label: 'Overview', to: paths.organization(id) },
          { label: 'Integrations', to: paths.organizationMappings(id) },
          { label: 'Secrets & config', to: paths.organizationValues(id) },
          { label: 'Executions', to: paths.organizationExecutions(id) },
        ]}
      >
        <Outlet />
      </RouteTabs>
      <OrganizationForm isOpen={isEditing} onClose={editing.close} organization={organization} />
    </>
  )
}
