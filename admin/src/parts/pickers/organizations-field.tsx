import { Group, Radio, Select, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { integrationsFor } from '../../queries/integrations.ts'
import { organizationFields } from '../../queries/organization-fields.ts'
import type { OrganizationChoice } from './organization-choice.ts'
import { OrganizationMultiSelect } from './organization-multi-select.tsx'
import { OrganizationSelect } from './organization-select.tsx'

const ways = {
  one: { label: 'One organization', description: undefined },
  all: { label: 'All organizations', description: 'Every one that is active when it runs.' },
  mapped: { label: 'Those mapped to an integration', description: 'Every active one that has a mapping of it when it runs.' },
  tagged: { label: 'Those with a tag', description: 'Every active one that has it when it runs.' },
  field: { label: 'Those with a value of a custom field', description: 'Every active one that has it when it runs.' },
  these: { label: 'These organizations', description: 'The ones that you choose here.' },
} as const

type OrganizationsFieldProps = {
  value: OrganizationChoice
  onChange: (choice: OrganizationChoice) => void
  description?: string
  /** Whether it may run for a single one. */
  withOne?: boolean
  error?: string | undefined
}

/** Chooses for whom something runs. */
export function OrganizationsField({ value, onChange, description, withOne = false, error }: OrganizationsFieldProps) {
  const change = (part: Partial<OrganizationChoice>) => onChange({ ...value, ...part })
  const offered = (Object.keys(ways) as (keyof typeof ways)[]).filter((way) => withOne || way !== 'one') // the record's own keys
  return (
    <Stack gap="sm">
      <Radio.Group
        label="Organizations"
        description={description}
        value={value.which}
        onChange={(which) => change({ which: which as OrganizationChoice['which'] })} // one of the radios below
        error={value.which === 'all' ? error : undefined}
      >
        <Stack gap={6} mt={8}>
          {offered.map((way) => (
            <Radio key={way} value={way} label={ways[way].label} description={way === value.which ? ways[way].description : undefined} />
          ))}
        </Stack>
      </Radio.Group>
      {value.which === 'one' && (
        <OrganizationSelect
          isRequired
          label="Organization"
          description="It sees this organization's mappings and nobody else's."
          value={value.orgId}
          onChange={(orgId) => change({ orgId })}
        />
      )}
      {value.which === 'mapped' && (
        <IntegrationSelect value={value.integration} onChange={(integration) => change({ integration })} error={error} />
      )}
      {value.which === 'tagged' && (
        <TextInput
          label="Tag"
          required
          maxLength={50}
          value={value.tag}
          onChange={(event) => change({ tag: event.currentTarget.value })}
          error={error}
        />
      )}
      {value.which === 'field' && <CustomFieldSelect choice={value} onChange={change} error={error} />}
      {value.which === 'these' && <OrganizationMultiSelect value={value.ids} onChange={(ids) => change({ ids })} error={error} />}
    </Stack>
  )
}

type IntegrationSelectProps = { value: string; onChange: (name: string) => void; error: string | undefined }

function IntegrationSelect({ value, onChange, error }: IntegrationSelectProps) {
  const { data, error: failure } = useQuery(integrationsFor())
  const options = new Map((data?.integrations ?? []).filter((one) => one.supports_org_mapping).map((one) => [one.name, one.display_name]))
  if (value !== '' && !options.has(value)) options.set(value, value)
  return (
    <Select
      label="Integration"
      placeholder="Choose an integration"
      required
      searchable
      data={[...options].map(([name, label]) => ({ value: name, label }))}
      value={value || null}
      onChange={(name) => onChange(name ?? '')}
      nothingFoundMessage="No integration has this name"
      error={error ?? failure?.message}
    />
  )
}

type CustomFieldSelectProps = {
  choice: OrganizationChoice
  onChange: (part: Partial<OrganizationChoice>) => void
  error: string | undefined
}

function CustomFieldSelect({ choice, onChange, error }: CustomFieldSelectProps) {
  const { data = [], error: failure } = useQuery(organizationFields)
  const options = new Map(data.map(({ name, label }) => [name, label]))
  if (choice.field !== '' && !options.has(choice.field)) options.set(choice.field, choice.field)
  return (
    <Group align="flex-start" grow>
      <Select
        label="Custom field"
        placeholder="Choose a field"
        required
        data={[...options].map(([name, label]) => ({ value: name, label }))}
        value={choice.field || null}
        onChange={(field) => onChange({ field: field ?? '' })}
        nothingFoundMessage="No field has this name"
        error={error ?? failure?.message}
      />
      <TextInput
        label="Value"
        description="Left empty: those that have none."
        maxLength={2_000}
        value={choice.value}
        onChange={(event) => onChange({ value: event.currentTarget.value })}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
    </Group>
  )
}
