import type { Grant } from '@crosswalk/client'
import { ActionIcon, Box, Button, Group, Select, Stack, TagsInput, Text } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { roles } from '../../queries/roles.ts'
import { OrganizationMultiSelect } from '../pickers/organization-multi-select.tsx'
import { roleWords } from './grant-words.ts'

type Reach = Grant['reach']
const ways = {
  all: 'All organizations',
  all_but: 'All organizations but some',
  tags: 'Those with a tag',
  organizations: 'These organizations',
}
type Way = keyof typeof ways

function wayOf(reach: Reach): Way {
  if ('all_but' in reach) return 'all_but'
  if ('tags' in reach) return 'tags'
  return 'organizations' in reach ? 'organizations' : 'all'
}

const emptyReaches: Record<Way, Reach> = {
  all: { all: true },
  all_but: { all_but: [] },
  tags: { tags: [] },
  organizations: { organizations: [] },
}

/** Why grants cannot be saved as they are. */
export function grantsProblem(grants: readonly Grant[]): string | undefined {
  const isOpen = ({ reach }: Grant) =>
    ('all_but' in reach && reach.all_but.length === 0) ||
    ('tags' in reach && reach.tags.length === 0) ||
    ('organizations' in reach && reach.organizations.length === 0)
  return grants.some(isOpen) ? 'Choose the organizations of each role.' : undefined
}

type GrantsFieldProps = {
  value: Grant[]
  onChange: (grants: Grant[]) => void
  label?: string
  description?: string
  error?: string | undefined
}

/** Roles, each with the organizations that it is for. */
export function GrantsField({ value, onChange, label = 'Roles', description, error }: GrantsFieldProps) {
  const { data, error: failure } = useQuery(roles)
  const names = (data?.roles ?? []).map(({ name }) => name)
  const replace = (index: number, grant: Grant) => onChange(value.map((one, at) => (at === index ? grant : one)))
  const remove = (index: number) => onChange(value.filter((_, at) => at !== index))
  return (
    <Box component="fieldset" m={0} p={0} style={{ border: 0 }}>
      <Text component="legend" size="sm" fw={600} p={0}>
        {label}
      </Text>
      {description && (
        <Text size="xs" c="dimmed" mt={2}>
          {description}
        </Text>
      )}
      <Stack gap="sm" mt={6}>
        {value.map((grant, index) => (
          <GrantRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name of its own, it is where it stands
            key={`${index}-${value.length}`}
            grant={grant}
            names={names}
            onChange={(next) => replace(index, next)}
            onRemove={() => remove(index)}
          />
        ))}
        {(error ?? failure?.message) && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {error ?? failure?.message}
          </Text>
        )}
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => onChange([...value, { role: 'technician', reach: { all: true } }])}
        >
          Add a role
        </Button>
      </Stack>
    </Box>
  )
}

type GrantRowProps = { grant: Grant; names: string[]; onChange: (grant: Grant) => void; onRemove: () => void }

function GrantRow({ grant, names, onChange, onRemove }: GrantRowProps) {
  const { role, reach } = grant
  const offered = names.includes(role) ? names : [role, ...names]
  return (
    <Stack gap="xs" className="panel" p="sm">
      <Group gap="xs" wrap="nowrap" align="flex-end">
        <Select
          label="Role"
          flex={1}
          data={offered.map((name) => ({ value: name, label: roleWords(name) }))}
          value={role}
          onChange={(name) => name && onChange({ ...grant, role: name })}
          allowDeselect={false}
          searchable
        />
        <ActionIcon variant="default" size="lg" aria-label={`Remove the role ${roleWords(role)}`} onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
      <Select
        label="For"
        data={Object.entries(ways).map(([way, words]) => ({ value: way, label: words }))}
        value={wayOf(reach)}
        onChange={(way) => way && onChange({ ...grant, reach: emptyReaches[way as Way] })} // one of the options
        allowDeselect={false}
      />
      {'all_but' in reach && (
        <OrganizationMultiSelect value={reach.all_but} onChange={(ids) => onChange({ ...grant, reach: { all_but: ids } })} />
      )}
      {'organizations' in reach && (
        <OrganizationMultiSelect value={reach.organizations} onChange={(ids) => onChange({ ...grant, reach: { organizations: ids } })} />
      )}
      {'tags' in reach && (
        <TagsInput
          label="Tags"
          description="Organizations with at least one of them, also those that get it later. Press Enter after each."
          value={reach.tags}
          onChange={(tags) => onChange({ ...grant, reach: { tags } })}
          acceptValueOnBlur
        />
      )}
    </Stack>
  )
}
