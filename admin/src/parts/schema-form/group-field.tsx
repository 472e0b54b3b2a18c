import { Button, Stack, Text } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { FieldGroup } from './field-group.tsx'
import { type FieldProps, keyOf, useProblem } from './field-props.ts'
import { inSentence, isObject, type JsonObject, labelOf, wordsOf } from './form-schema.ts'
import { type Path, useForm } from './form-state.ts'
import { FreeValues } from './free-values.tsx'
import { filled, inOrder } from './initial-value.ts'
import { sentencesOf } from './schema-validator.ts'
import type { Member } from './shape.ts'

type GroupProps = FieldProps & { members: Member[]; free: JsonObject | undefined }

const isSeen = ({ schema }: Member) => schema.hidden !== true

/** The fields of an object. One that is optional is there once somebody adds it, and only then wants what is required in it. */
export function GroupField(props: GroupProps) {
  const { label, schema, isRequired, value, onChange, nothing, members, free } = props
  const { root } = useForm()
  const problem = useProblem(props)
  const isThere = isObject(value)
  const isOptional = !isRequired || nothing === null
  const add = (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconPlus size={14} />}
      onClick={() => onChange(filled(schema, root, {}))}
      {...(problem ? { 'aria-invalid': true } : {})}
    >
      Add {inSentence(label)}
    </Button>
  )
  const remove = (
    <Button
      size="compact-sm"
      variant="subtle"
      color="gray"
      leftSection={<IconTrash size={14} />}
      aria-label={`Remove ${inSentence(label)}`}
      onClick={() => onChange(nothing)}
    >
      Remove
    </Button>
  )
  // A record is a list of values: it is there as soon as there is one.
  const isRecord = members.length === 0 && free !== undefined
  return (
    <FieldGroup
      label={label}
      description={schema.description}
      problem={problem}
      action={isRecord ? undefined : isThere ? isOptional && remove : add}
    >
      {(isThere || isRecord) && <Members {...props} value={isThere ? value : {}} />}
    </FieldGroup>
  )
}

type MembersProps = Pick<GroupProps, 'path' | 'members' | 'free' | 'onChange' | 'isRequired' | 'nothing'> & { value: JsonObject }

/** The fields of an object without a frame: of the whole form, or inside one. */
export function Members({ path, members, free, value, onChange, isRequired, nothing }: MembersProps) {
  const { Field } = useForm()
  const names = members.map(({ name }) => name)
  const set = (next: JsonObject) => {
    const ordered = inOrder(names, next)
    onChange(members.length === 0 && Object.keys(ordered).length === 0 && !isRequired && path.length > 0 ? nothing : ordered)
  }
  const declared = Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)))
  const others = Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
  return (
    <Stack gap="md">
      {members.filter(isSeen).map(({ name, schema, isRequired: isWanted }) => (
        <Field
          key={name}
          path={[...path, name]}
          schema={schema}
          label={labelOf(schema, name)}
          isRequired={isWanted}
          value={value[name]}
          onChange={(next) => set({ ...value, [name]: next })}
        />
      ))}
      <UnseenProblems path={path} members={members} isFree={free !== undefined} />
      {free && <FreeValues path={path} schema={free} value={others} onChange={(next) => set({ ...declared, ...next })} />}
    </Stack>
  )
}

/** What is wrong with values that have no field here: those that are hidden, or that nobody declared. */
function UnseenProblems({ path, members, isFree }: { path: Path; members: Member[]; isFree: boolean }) {
  const { problems } = useForm()
  const seen = members.filter(isSeen).map(({ name }) => name)
  const prefix = path.map((part) => `${part}.`).join('')
  const unseen = [...problems].filter(([key]) => {
    if (!key.startsWith(prefix) || key === keyOf(path)) return false
    const rest = key.slice(prefix.length)
    return !isFree && !seen.some((name) => rest === name || rest.startsWith(`${name}.`))
  })
  if (unseen.length === 0) return null
  return (
    <Text size="sm" c="var(--mantine-color-error)" role="alert" data-problem tabIndex={-1}>
      {unseen.map(([key, messages]) => sentencesOf(wordsOf(key.slice(prefix.length)), messages)).join(' ')}
    </Text>
  )
}
