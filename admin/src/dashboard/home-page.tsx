import { List, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { FormList } from '../parts/forms/form-list.tsx'
import { SubmissionList } from '../parts/forms/submission-list.tsx'
import { permissionWords } from '../parts/grants/permission-words.ts'
import { paths } from '../paths.ts'
import { approvalsForMe } from '../queries/approvals.ts'
import { forms, submissionsPage } from '../queries/forms.ts'
import { organizationChoices } from '../queries/organizations.ts'

type HomePageProps = { name: string; permissions: readonly string[] }

/** The first page of those who see nothing of the others' work, such as a customer's user: what they can ask for, and for whom they act. */
export function HomePage({ name, permissions }: HomePageProps) {
  const hasForms = permissions.includes('canSubmitForms')
  return (
    <>
      <PageHeader title={`Welcome, ${name}`} description="What is yours in Crosswalk." />
      <Stack>
        {permissions.includes('canApprove') && <AskedOfYou />}
        {hasForms && <OwnForms />}
        {hasForms && <LastRequests />}
        <Organizations />
        {!hasForms && (
          <Panel title="You may">
            <List aria-label="What you may do">
              {permissions.map((permission) => (
                <List.Item key={permission}>{permissionWords(permission)}</List.Item>
              ))}
            </List>
          </Panel>
        )}
      </Stack>
    </>
  )
}

function AskedOfYou() {
  const { data } = useQuery(approvalsForMe)
  if (!data || data.count === 0) return null
  return (
    <Panel
      title="Waiting for your decision"
      actions={
        <AppLink to={paths.approvals()} fz="sm">
          View all
        </AppLink>
      }
    >
      <List aria-label="What waits for your decision">
        {data.approvals.slice(0, 5).map(({ id, title }) => (
          <List.Item key={id} className="wrap-anywhere">
            <AppLink to={paths.approvals()}>{title}</AppLink>
          </List.Item>
        ))}
      </List>
    </Panel>
  )
}

function OwnForms() {
  const query = useQuery(forms)
  const { data } = query
  return (
    <Panel title="What you can ask for">
      <LoadState
        query={query}
        label="Loading your forms"
        failed="Your forms could not be loaded"
        stale="The list may be out of date"
        rows={2}
      />
      {data?.count === 0 && <Text>No form yet. Those who look after your systems can offer you some.</Text>}
      {data && data.count > 0 && <FormList forms={data.forms} />}
    </Panel>
  )
}

function LastRequests() {
  const query = useQuery(submissionsPage('', 5))
  const { data } = query
  return (
    <Panel
      title="Your last requests"
      actions={
        <AppLink to={paths.requests()} fz="sm">
          View all
        </AppLink>
      }
    >
      <LoadState query={query} label="Loading your requests" failed="Your requests could not be loaded" rows={2} />
      {data?.count === 0 && <Text c="dimmed">You have sent nothing yet.</Text>}
      {data && data.count > 0 && <SubmissionList submissions={data.submissions} />}
    </Panel>
  )
}

function Organizations() {
  const organizations = useQuery(organizationChoices(''))
  const { data } = organizations
  return (
    <Panel title="You act for">
      <LoadState
        query={organizations}
        label="Loading your organizations"
        failed="Your organizations could not be loaded"
        stale="The list may be out of date"
        rows={1}
      />
      {data?.length === 0 && <Text>No organization yet. Ask an administrator to give you one.</Text>}
      {data && data.length > 0 && (
        <List aria-label="Your organizations">
          {data.map((organization) => (
            <List.Item key={organization.id} className="wrap-anywhere">
              {organization.name}
            </List.Item>
          ))}
        </List>
      )}
    </Panel>
  )
}
