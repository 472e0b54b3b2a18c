import type { Grant } from '@crosswalk/client'
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { GrantsField } from '../parts/grants/grants-field.tsx'

type GroupGrant = { group: string; grants: Grant[] }
type GroupGrantsProps = { value: GroupGrant[]; onChange: (value: GroupGrant[]) => void }

/** What the members of groups get. */
export function GroupGrants({ value, onChange }: GroupGrantsProps) {
  const replace = (index: number, next: GroupGrant) => onChange(value.map((one, at) => (at === index ? next : one)))
  return (
    <Stack gap="sm">
      <Text size="sm" fw={600}>
        Roles by group
      </Text>
      {value.map((one, index) => (
        <Stack
          // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name of its own, it is where it stands
          key={`${index}-${value.length}`}
          className="panel"
          p="sm"
          gap="sm"
        >
          <Group gap="xs" wrap="nowrap" align="flex-end">
            <TextInput
              label="Group"
              flex={1}
              maxLength={300}
              value={one.group}
              onChange={(event) => replace(index, { ...one, group: event.currentTarget.value })}
            />
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={`Remove the group ${one.group}`}
              onClick={() => onChange(value.filter((_, at) => at !== index))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
          <GrantsField value={one.grants} onChange={(grants) => replace(index, { ...one, grants })} />
        </Stack>
      ))}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} />}
        style={{ alignSelf: 'flex-start' }}
        onClick={() => onChange([...value, { group: '', grants: [{ role: 'technician', reach: { all: true } }] }])}
      >
        Add a group
      </Button>
    </Stack>
  )
}
