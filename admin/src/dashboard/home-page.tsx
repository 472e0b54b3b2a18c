import { List, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { permissionWords } from '../parts/grants/permission-words.ts'
import { organizationChoices } from '../queries/organizations.ts'

type HomePageProps = { name: string; permissions: readonly string[] }

/** The first page of those who see nothing of the others' work, such as a customer's user: for whom they act, and what they may do. */
export function HomePage({ name, permissions }: HomePageProps) {
  const organizations = useQuery(organizationChoices(''))
  return (
    <>
      <PageHeader title={`Welcome, ${name}`} description="What is yours in Crosswalk." />
      <Stack>
        <Panel title="You act for">
          <LoadState
            query={organizations}
            label="Loading your organizations"
            failed="Your organizations could not be loaded"
            stale="The list may be out of date"
            rows={1}
          />
          {organizations.data?.length === 0 && <Text>No organization yet. Ask an administrator to give you one.</Text>}
          {organizations.data && organizations.data.length > 0 && (
            <List aria-label="Your organizations">
              {organizations.data.map((organization) => (
                <List.Item key={organization.id} className="wrap-anywhere">
                  {organization.name}
                </List.Item>
              ))}
            </List>
          )}
        </Panel>
        <Panel title="You may">
          <List aria-label="What you may do">
            {permissions.map((permission) => (
              <List.Item key={permission}>{permissionWords(permission)}</List.Item>
            ))}
          </List>
        </Panel>
      </Stack>
    </>
  )
}
