import { Alert, Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { Loading } from '../elements/loading.tsx'
import { paths } from '../paths.ts'
import { integrationsFor } from '../queries/integrations.ts'

/** Chooses the integration. Those that cannot be mapped stay visible, with the reason. */
export function IntegrationStep({
  orgId,
  value,
  onChange,
  isFixed,
}: {
  orgId: string
  value: string
  onChange: (name: string) => void
  isFixed: boolean
}) {
  const { data, error, refetch } = useQuery(integrationsFor(orgId))
  if (!data)
    return error ? (
      <ErrorNotice error={error} title="The integrations could not be loaded" onRetry={refetch} />
    ) : (
      <Loading label="Loading integrations" rows={1} />
    )
  const chosen = data.integrations.find(({ name }) => name === value)
  const missing = [...(chosen?.required_secrets ?? []), ...(chosen?.required_config ?? [])].filter(
    ({ required, is_set }) => required && !is_set,
  )
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
          isFixed
            ? 'A mapping keeps its integration. To use another, add a mapping.'
            : 'The tool that this organization shall be connected with.'
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
      {missing.length > 0 && (
        <Alert color="orange" variant="light" mt="sm" title="Credentials are missing">
          <Text size="sm">
            {chosen?.display_name} needs{' '}
            {missing.map(({ key, label }, index) => (
              <span key={key}>
                {index > 0 && ', '}
                <b>{label}</b> (<code>{key}</code>)
              </span>
            ))}
            . Without it nothing can be discovered or tested. Set it{' '}
            <AppLink to={paths.organizationValues(orgId, { key: missing[0]?.key ?? '' })}>for this organization</AppLink> or{' '}
            <AppLink to={paths.integration(value)}>for all organizations</AppLink>.
          </Text>
        </Alert>
      )}
    </>
  )
}
