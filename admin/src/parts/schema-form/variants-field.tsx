import { Select, Stack } from '@mantine/core'
import { useState } from 'react'
import { type FieldProps, keyOf, useInputProps } from './field-props.ts'
import { isObject, type JsonObject } from './form-schema.ts'
import { useForm } from './form-state.ts'
import { filled, initialOf } from './initial-value.ts'
import { resolved } from './resolve-schema.ts'
import { problemsOf } from './schema-validator.ts'
import { shapeOf } from './shape.ts'

type Variant = { label: string; schema: JsonObject }

/** Which of the alternatives a value is of: the one whose marks and type it has. */
function variantOf(variants: readonly Variant[], root: JsonObject, value: unknown): number {
  const isOf = ({ schema: given }: Variant) => {
    const { schema } = resolved(given, root)
    const shape = shapeOf(schema, root)
    if (shape.kind === 'group') {
      if (!isObject(value)) return false
      return shape.members.every(({ name, schema: member }) => !('const' in member) || member.const === value[name])
    }
    return problemsOf({ ...schema, $defs: root.$defs }, value ?? null).size === 0
  }
  return variants.findIndex(isOf)
}

/** A value of one of several kinds: which kind, and then the fields of it. */
export function VariantsField({ variants, ...props }: FieldProps & { variants: Variant[] }) {
  const { path, schema, label, isRequired, value, onChange, nothing, isBare } = props
  const { root, problems, Field } = useForm()
  const isNothing = value === undefined || value === null
  const [picked, setPicked] = useState<number>()
  const found = isNothing ? -1 : variantOf(variants, root, value)
  const chosen = picked ?? (found >= 0 ? found : isNothing ? undefined : 0)
  const variant = chosen === undefined ? undefined : variants[chosen]
  const pick = (key: string | null) => {
    const next = key === null ? undefined : variants[Number(key)]
    setPicked(next ? Number(key) : undefined)
    onChange(next ? filled(next.schema, root, initialOf(next.schema, root, true)) : nothing)
  }
  const inner = variant && resolved(variant.schema, root).schema
  const shape = inner && shapeOf(inner, root)
  const own = useInputProps(props)
  // The reason stands at the value's own field once there is one.
  const isToldBelow = shape !== undefined && shape.kind !== 'group' && shape.kind !== 'constant'
  return (
    <Stack gap="xs">
      <Select
        {...own}
        {...(isBare ? {} : { label })}
        error={isToldBelow || !problems.has(keyOf(path)) ? undefined : own.error}
        placeholder="Choose"
        openOnFocus={false}
        maw={420}
        data={variants.map((one, index) => ({ value: String(index), label: one.label }))}
        value={chosen === undefined ? null : String(chosen)}
        onChange={pick}
        clearable={!isRequired}
        allowDeselect={!isRequired}
        clearButtonProps={{ 'aria-label': `Clear ${label}` }}
      />
      {variant && inner && (
        <Field
          key={chosen}
          path={path}
          schema={{ ...inner, description: inner.description === schema.description ? undefined : inner.description }}
          label={shape?.kind === 'group' ? variant.label : `${label}: ${variant.label.toLowerCase()}`}
          isRequired
          isBare={shape?.kind !== 'group'}
          value={value}
          onChange={(next) => onChange(next === undefined ? nothing : next)}
        />
      )}
    </Stack>
  )
}
