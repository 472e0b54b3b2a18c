import { PasswordInput, Textarea, TextInput } from '@mantine/core'
import { type ChangeEvent, useState } from 'react'
import { type FieldProps, useInputProps } from './field-props.ts'
import { ownLocale } from './form-state.ts'
import { formatNumber, parseNumber } from './number-text.ts'
import type { TextFormat } from './text-format.ts'

type TextFieldProps = FieldProps & { format: TextFormat | undefined; isLong: boolean }

export function TextField({ format, isLong, ...props }: TextFieldProps) {
  const { value, onChange, nothing } = props
  const own = useInputProps(props)
  const input = {
    ...own,
    value: typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value),
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => onChange(event.currentTarget.value || nothing),
  }
  if (isLong) return <Textarea {...input} autosize minRows={3} maxRows={14} />
  if (format === 'password') return <PasswordInput {...input} autoComplete="new-password" />
  if (format === 'time') return <TextInput {...input} type="time" step={/:\d\d:(?!00)/.test(input.value) ? 1 : undefined} w={160} />
  return <TextInput {...input} inputMode={format === 'email' ? 'email' : format === 'uri' ? 'url' : undefined} />
}

/** A number as a person writes it. What is none stays in the field, with what is wrong about it. */
export function NumberField({ isWhole, ...props }: FieldProps & { isWhole: boolean }) {
  const { value, onChange, nothing } = props
  const locale = ownLocale()
  const textOf = () => (typeof value === 'number' ? formatNumber(value, locale) : typeof value === 'string' ? value : '')
  const [text, setText] = useState(textOf)
  const isSame = value === (parseNumber(text, locale) ?? (text.trim() === '' ? nothing : text)) || (value ?? null) === (text.trim() || null)
  const shown = isSame ? text : textOf()
  return (
    <TextInput
      {...useInputProps(props)}
      inputMode={isWhole ? 'numeric' : 'decimal'}
      maw={280}
      value={shown}
      onChange={(event) => {
        const next = event.currentTarget.value
        setText(next)
        onChange(next.trim() === '' ? nothing : (parseNumber(next, locale) ?? next))
      }}
    />
  )
}
