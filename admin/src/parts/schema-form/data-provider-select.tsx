import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { labelValue, type WidgetProps } from '@rjsf/utils'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { messageOf } from '../../elements/error-notice.tsx'
import { allDataProviders, optionsOf } from '../../queries/workflows.ts'

type FormContext = { organizationId: string; value: Record<string, unknown> }

/** The provider's own parameters, as far as the form has fields of the same names: when one of them changes, the options are asked for again. */
function useParameters(provider: string, form: Record<string, unknown>): Record<string, unknown> {
  const { data } = useQuery(allDataProviders)
  const properties = data?.dataProviders.find(({ name }) => name === provider)?.parameters_schema.properties
  if (typeof properties !== 'object' || properties === null) return {}
  return Object.fromEntries(Object.keys(properties).flatMap((name) => (form[name] === undefined ? [] : [[name, form[name]]])))
}

/** A field whose options a data provider has for the organization. */
export function DataProviderSelect(props: WidgetProps) {
  const { id, label, hideLabel, required, disabled, readonly, value, onChange, rawErrors = [], registry, options, schema } = props
  const provider = String(options.dataProvider)
  const { organizationId, value: form } = registry.formContext as FormContext // given by SchemaForm
  const parameters = useParameters(provider, form)
  const { data, error, isFetching, refetch } = useQuery({
    ...optionsOf(provider, organizationId, parameters),
    enabled: organizationId !== '',
  })
  const offered = data?.options ?? []
  const names = new Map(offered.map((option) => [JSON.stringify(option.value), option]))
  const chosen = value === undefined ? null : JSON.stringify(value)
  const isGone = chosen !== null && data !== undefined && !names.has(chosen)
  const help = organizationId === '' ? 'Choose the organization first.' : schema.description
  const problem = error
    ? `The options could not be loaded: ${messageOf(error)}`
    : isGone
      ? 'This is no longer offered. Choose another.'
      : rawErrors.join('; ')
  return (
    <Stack gap={4}>
      <Select
        id={id}
        label={labelValue(label || undefined, hideLabel, false)}
        description={help}
        required={required ?? false}
        disabled={Boolean(disabled || readonly || organizationId === '')}
        searchable
        clearable={!required}
        data={[...names].map(([key, option]) => ({ value: key, label: option.label }))}
        value={chosen}
        onChange={(key) => onChange(key === null ? undefined : names.get(key)?.value)}
        placeholder={isFetching ? 'Loading the options…' : 'Choose'}
        nothingFoundMessage={offered.length === 0 ? 'There is nothing to choose for this organization' : 'Nothing has this name'}
        error={problem || undefined}
      />
      {organizationId !== '' && !isFetching && (error !== null || offered.length === 0) && (
        <Group gap="xs">
          {!error && (
            <Text size="sm" c="dimmed">
              There is nothing to choose for this organization.
            </Text>
          )}
          <Button size="compact-xs" variant="default" leftSection={<IconRefresh size={12} />} onClick={() => refetch()}>
            Load again
          </Button>
        </Group>
      )}
    </Stack>
  )
}
