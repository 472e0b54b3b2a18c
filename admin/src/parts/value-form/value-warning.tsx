import { Button, Group, Text } from '@mantine/core'
import type { ValueKind } from './value-kind.ts'

type ValueWarningProps = {
  kind: ValueKind
  /** The key of the value, and its label where there is one. */
  names: readonly (string | undefined)[]
  value: string
  onChange: (value: string) => void
}

/** What is probably not meant about a value. It can be saved all the same. */
export function ValueWarning({ kind, names, value, onChange }: ValueWarningProps) {
  const hasSpace = kind === 'secret' && value.trim() !== '' && value !== value.trim()
  const isNoAddress = kind === 'config' && names.some((name) => /url$/i.test(name?.trim() ?? '')) && !mayBeAddress(value.trim())
  if (!hasSpace && !isNoAddress) return null
  return (
    <Group gap="xs" mt={-8} role="status">
      <Text size="sm" c="var(--crosswalk-warn)">
        {hasSpace ? 'It begins or ends with a space: is that a part of it?' : 'This is no web address: it begins with https://.'}
      </Text>
      {hasSpace && (
        <Button size="compact-xs" variant="default" onClick={() => onChange(value.trim())}>
          Remove the space
        </Button>
      )}
    </Group>
  )
}

/** A web address, or the beginning of one that is still typed. */
function mayBeAddress(text: string): boolean {
  if (['http://', 'https://'].some((beginning) => beginning.startsWith(text.toLowerCase()))) return true
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text)
}
