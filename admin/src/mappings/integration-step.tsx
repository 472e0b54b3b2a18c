import { Alert, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { LoadState } from '../elements/load-state.tsx'
import { missingOf } from '../parts/value-form/requirements.ts'
import { integrationsFor } from '../queries/integrations.ts'

/** Chooses the integration. Those that cannot be mapped stay visible, with the reason. */
export function IntegrationStep({
  orgId,
  value,
  onChange,
  isFixed,
  credentials,
}: {
  orgId: string
  value: string
  onChange: (name: string) => void
  isFixed: boolean
  /** Where the credentials of the chosen one are set. */
  credentials: ReactNode
}) {
  const { data, error, refetch } = useQuery(integrationsFor(orgId))
  if (!data)
    return (
      <LoadState query={{ data, error, refetch }} label="Loading integrations" failed="The integrations could not be loaded" rows={1} />
    )
  const chosen = data.integrations.find(({ name }) => name === value)
  const missing = chosen ? missingOf(chosen) : []
  if (data.integrations.length === 0) {
    return (
      <Alert color="orange" variant="light" title="There is no integration yet">
        Integrations are files in the workspace folder integrations. Add one there, and it appears here.
      </Alert>
    )
  }
  return (
    <>
      <Select
        label="Integration"
        description={
          isFixed ? 'A mapping keeps its integration. To use another, add a mapping.' : 'The tool to connect this organization with.'
        }
        placeholder="Choose an integration"
        data={data.integrations.map(({ name, display_name, supports_org_mapping }) => ({
          value: name,
          label: supports_org_mapping ? display_name : `${display_name} (does not support organization mapping)`,
          disabled: !supports_org_mapping,
        }))}
        value={value || null}
        onChange={(name) => onChange(name ?? '')}
        disabled={isFixed}
        allowDeselect={false}
        searchable={data.integrations.length > 8}
        nothingFoundMessage="No integration has this name"
        data-autofocus
      />
      {chosen && missing.length > 0 && (
        <Alert
          color="orange"
          variant="light"
          mt="sm"
          title={`${chosen.display_name} has no ${missing.map(({ label }) => label).join(', ')} yet`}
        >
          <Stack gap="sm" align="flex-start">
            <Text size="sm">
              {chosen.supports_discovery ? 'Without it nothing can be discovered or tested.' : 'Without it no connection can be tested.'}
            </Text>
            {credentials}
          </Stack>
        </Alert>
      )}
    </>
  )
}
