import type { Grant } from '@crosswalk/client'
import { Button, Fieldset, Group, MultiSelect, Select, Stack, TagsInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { allRoles } from '../../queries/access.ts'
import { integrationsFor } from '../../queries/integrations.ts'
import { allWorkflows } from '../../queries/workflows.ts'
import { OrganizationMultiSelect } from '../pickers/organization-multi-select.tsx'
import { titleOf } from '../workflow-title.ts'

const ways = {
  all: 'All organizations, and those to come',
  all_but: 'All but some',
  tags: 'Those with a tag',
  organizations: 'Organizations by name',
} as const
type Way = keyof typeof ways

const wayOf = ({ reach }: Grant) => (Object.keys(ways) as Way[]).find((way) => way in reach) ?? 'all' // the record's own keys
const reachOf = (way: Way): Grant['reach'] =>
  way === 'all' ? { all: true } : way === 'tags' ? { tags: [] } : way === 'all_but' ? { all_but: [] } : { organizations: [] }

export const firstGrant: Grant = { role: 'viewer', reach: { all: true } }

/** Why these grants cannot be saved yet. */
export function lackOfGrants(grants: readonly Grant[], isOptional = false): string | undefined {
  if (grants.length === 0 && !isOptional) return 'Add a role.'
  const isEmpty = grants.some(({ reach }) => 'all' in reach === false && Object.values(reach).some((given) => given.length === 0))
  return isEmpty ? 'Say for which organizations.' : undefined
}

type GrantsFieldProps = {
  value: Grant[]
  onChange: (grants: Grant[]) => void
  /** What the server said of a field, as `grants.0.role`. */
  errorOf?: (field: string) => string | undefined
  /** Whether there may be none. */
  isOptional?: boolean
}

/** Chooses roles, each for some organizations. */
export function GrantsField({ value, onChange, errorOf = () => undefined, isOptional = false }: GrantsFieldProps) {
  const change = (index: number, grant: Grant) => onChange(value.map((one, place) => (place === index ? grant : one)))
  return (
    <Stack gap="sm">
      {value.map((grant, index) => (
        <GrantField
          // biome-ignore lint/suspicious/noArrayIndexKey: grants have no ids, and keep their places
          key={index}
          name={value.length === 1 ? 'Role and reach' : `Role and reach ${index + 1}`}
          grant={grant}
          onChange={(next) => change(index, next)}
          roleError={errorOf(`grants.${index}.role`)}
          {...(value.length > 1 || isOptional ? { onRemove: () => onChange(value.filter((_, place) => place !== index)) } : {})}
        />
      ))}
      <Group>
        <Button variant="default" size="sm" leftSection={<IconPlus size={16} />} onClick={() => onChange([...value, firstGrant])}>
          {value.length === 0 ? 'Add a role' : 'Add another role'}
        </Button>
      </Group>
    </Stack>
  )
}

type GrantFieldProps = {
  name: string
  grant: Grant
  onChange: (grant: Grant) => void
  onRemove?: () => void
  roleError: string | undefined
}

function withLimit(grant: Grant, limit: 'workflows' | 'integrations', names: string[]): Grant {
  const { [limit]: _, ...rest } = grant
  return names.length === 0 ? rest : { ...rest, [limit]: names }
}

function GrantField({ name, grant, onChange, onRemove, roleError }: GrantFieldProps) {
  const roles = useQuery(allRoles)
  const workflows = useQuery(allWorkflows)
  const integrations = useQuery(integrationsFor())
  const chosen = roles.data?.roles.find((role) => role.name === grant.role)
  const { reach } = grant
  return (
    <Fieldset legend={name}>
      <Stack gap="sm">
        <Select
          label="Role"
          description={chosen?.description}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={roles.data?.roles.map((role) => role.name) ?? [grant.role]}
          value={grant.role}
          onChange={(role) => onChange({ ...grant, role: role ?? grant.role })}
          allowDeselect={false}
          error={roleError ?? roles.error?.message}
        />
        <Select
          label="For"
          data={Object.entries(ways).map(([way, label]) => ({ value: way, label }))}
          value={wayOf(grant)}
          onChange={(way) => onChange({ ...grant, reach: reachOf((way ?? 'all') as Way) })} // one of those above
          allowDeselect={false}
        />
        {'tags' in reach && (
          <TagsInput
            label="Tags"
            description="Organizations with one of them, also those that get it later. Press Enter after each."
            required
            value={reach.tags}
            onChange={(tags) => onChange({ ...grant, reach: { tags } })}
            splitChars={[',', ';']}
            acceptValueOnBlur
          />
        )}
        {'organizations' in reach && (
          <OrganizationMultiSelect
            value={reach.organizations}
            onChange={(organizations) => onChange({ ...grant, reach: { organizations } })}
          />
        )}
        {'all_but' in reach && (
          <OrganizationMultiSelect
            value={reach.all_but}
            onChange={(exceptions) => onChange({ ...grant, reach: { all_but: exceptions } })}
          />
        )}
        <MultiSelect
          label="Only these workflows"
          description="None chosen: whatever the role gives. With some, running them, their executions and schedules, and nothing else. To a customer user they are offered as forms."
          data={workflows.data?.workflows.map((one) => ({ value: one.name, label: titleOf(one) })) ?? grant.workflows ?? []}
          value={grant.workflows ?? []}
          onChange={(names) => onChange(withLimit(grant, 'workflows', names))}
          searchable
          clearable
        />
        <MultiSelect
          label="Only these integrations"
          description="None chosen: whatever the role gives. With some, their mappings, and nothing else."
          data={integrations.data?.integrations.map(({ name }) => name) ?? grant.integrations ?? []}
          value={grant.integrations ?? []}
          onChange={(names) => onChange(withLimit(grant, 'integrations', names))}
          searchable
          clearable
        />
        {onRemove && (
          <Group>
            <Button variant="default" size="sm" leftSection={<IconTrash size={16} />} onClick={onRemove}>
              Remove this role
            </Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  )
}
