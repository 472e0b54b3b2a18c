import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { type FieldProps, keyOf, useInputProps } from './field-props.ts'
import { useObstacle } from './form-state.ts'

const textOf = (value: unknown) => (value === undefined || value === null ? '' : JSON.stringify(value, null, 2))

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Any value, written as JSON: its schema does not say what it is. */
export function JsonField(props: FieldProps) {
  const { path, label, schema, value, onChange, nothing } = props
  const own = useInputProps(props)
  const [text, setText] = useState(() => textOf(value))
  const read = parsed(text)
  const isOwn = read === undefined || JSON.stringify(read.value) === JSON.stringify(value)
  const problem =
    text.trim() !== '' && read === undefined
      ? `${label} must be JSON: a text in double quotes, a number, true, a list or an object.`
      : undefined
  useObstacle(keyOf(path), problem)
  return (
    <Textarea
      {...own}
      autosize
      minRows={2}
      maxRows={14}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      description={[schema.description, 'Written as JSON.'].filter((part) => typeof part === 'string').join(' ')}
      error={problem ?? own.error}
      value={isOwn || (text.trim() === '' && (value ?? null) === null) ? text : textOf(value)}
      onChange={(event) => {
        const next = event.currentTarget.value
        setText(next)
        onChange(next.trim() === '' ? nothing : (parsed(next)?.value ?? nothing))
      }}
    />
  )
}
