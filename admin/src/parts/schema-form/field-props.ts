import type { JsonObject } from './form-schema.ts'
import { type Path, useForm } from './form-state.ts'
import { sentencesOf } from './schema-validator.ts'

export type FieldProps = {
  path: Path
  /** As `resolved` gives it. */
  schema: JsonObject
  label: string
  isRequired: boolean
  value: unknown
  /** Undefined takes the value away; where null is allowed, it stands for nothing. */
  onChange: (value: unknown) => void
  /** What the field holds where nothing is entered. */
  nothing: null | undefined
  /** True in a list, where the label is heard and not seen. */
  isBare: boolean
}

export const keyOf = (path: Path) => path.join('.')

/** What is wrong with one field, in sentences. */
export function useProblem({ path, label }: Pick<FieldProps, 'path' | 'label'>): string | undefined {
  return sentencesOf(label, useForm().problems.get(keyOf(path)) ?? [])
}

/** What an input of Mantine's takes, whatever kind it is. */
export function useInputProps(props: FieldProps) {
  const { path, schema, label, isRequired, isBare } = props
  const { touch } = useForm()
  const problem = useProblem(props)
  const [example] = Array.isArray(schema.examples) ? schema.examples : []
  return {
    id: `field.${keyOf(path)}`,
    ...(isBare ? { 'aria-label': label } : { label }),
    description: typeof schema.description === 'string' ? schema.description : undefined,
    required: isRequired,
    error: problem,
    onBlur: () => touch(keyOf(path)),
    placeholder: example === undefined ? undefined : `For example ${String(example)}`,
  }
}
