import { Autocomplete, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { configOf, secretsOf } from '../../queries/values.ts'
import type { DeclaredKey } from './declared-keys.ts'
import type { ValueKind } from './value-kind.ts'

type KeyFieldProps = {
  kind: ValueKind
  orgId: string | null
  /** What integrations read of this kind. */
  declared: readonly DeclaredKey[]
  /** False where a value is replaced, whose key stays. */
  isNew: boolean
  value: string
  onChange: (value: string) => void
  error: string | undefined
}

const wordsOf = (readers: readonly DeclaredKey[]) => readers.map(({ vendor, label }) => `${vendor}: ${label}`).join(', ')

/** The key of a value: those that integrations read and that are not set yet are suggested, any other can be typed. */
export function KeyField({ kind, orgId, declared, isNew, value, onChange, error }: KeyFieldProps) {
  const secrets = useQuery({ ...secretsOf(orgId), enabled: kind === 'secret' }).data
  const config = useQuery({ ...configOf(orgId), enabled: kind === 'config' }).data
  const taken = new Set((kind === 'secret' ? secrets : config)?.map(({ key }) => key))
  const readersOf = (key: string) => declared.filter((each) => each.key === key)
  const readers = wordsOf(readersOf(value.trim()))
  if (!isNew) return <TextInput label="Key" description={readers || undefined} required readOnly value={value} error={error} />
  return (
    <Autocomplete
      label="Key"
      description={readers || 'The name that integrations and workflows read it by.'}
      required
      data-autofocus
      data={[...new Set(declared.map(({ key }) => key))].filter((key) => !taken.has(key))}
      renderOption={({ option }) => (
        <div>
          <Text size="sm" className="wrap-anywhere">
            {option.value}
          </Text>
          <Text size="xs" c="dimmed" className="wrap-anywhere">
            {wordsOf(readersOf(option.value))}
          </Text>
        </div>
      )}
      value={value}
      onChange={onChange}
      error={error}
    />
  )
}
