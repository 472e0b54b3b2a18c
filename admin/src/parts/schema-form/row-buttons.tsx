import { ActionIcon, Button } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'

/** Takes a row out of a list of values. `label` says which. */
export function RemoveRow({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} onClick={onClick}>
      <IconTrash size={16} />
    </ActionIcon>
  )
}

/** Adds a row at the end of a list of values. */
export function AddRow({ label, isFull = false, onClick }: { label: string; isFull?: boolean; onClick: () => void }) {
  return (
    <div>
      <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} disabled={isFull} onClick={onClick}>
        {label}
      </Button>
    </div>
  )
}
