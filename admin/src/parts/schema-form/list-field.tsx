import { ActionIcon, Group, Stack } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useState } from 'react'
import { FieldGroup } from './field-group.tsx'
import { type FieldProps, useProblem } from './field-props.ts'
import { inSentence, type JsonObject, labelOf, singular, wordsOf } from './form-schema.ts'
import { useForm } from './form-state.ts'
import { initialOf } from './initial-value.ts'
import { resolved } from './resolve-schema.ts'
import { AddRow, RemoveRow } from './row-buttons.tsx'
import { shapeOf } from './shape.ts'

let lastKey = 0

/** As many values as wanted, each with its place. */
export function ListField({ items, ...props }: FieldProps & { items: JsonObject }) {
  const { path, label, schema, isRequired, value, onChange, nothing } = props
  const { root, Field } = useForm()
  const problem = useProblem(props)
  const list: unknown[] = Array.isArray(value) ? value : []
  const [keys, setKeys] = useState<number[]>([])
  // What came from elsewhere has no keys yet.
  const keysOfList = list.map((_, index) => keys[index] ?? -1 - index)
  const inner = resolved(items, root).schema
  const isWide = ['group', 'list', 'variants', 'tuple', 'choices'].includes(shapeOf(inner, root).kind)
  const one = labelOf(inner, '') || singular(label)
  const set = (next: unknown[], nextKeys: number[]) => {
    setKeys(nextKeys)
    onChange(next.length === 0 && !isRequired && schema.minItems === undefined ? nothing : next)
  }
  const without = <T,>(from: readonly T[], index: number) => from.filter((_, at) => at !== index)
  const swapped = <T,>(from: readonly T[], index: number) =>
    from.map((item, at) => from[at === index ? index + 1 : at === index + 1 ? index : at] ?? item)
  const isFull = typeof schema.maxItems === 'number' && list.length >= schema.maxItems
  const move = (index: number) => {
    const next = [...list]
    ;[next[index], next[index + 1]] = [list[index + 1], list[index]]
    set(next, swapped(keysOfList, index))
  }
  return (
    <FieldGroup label={label} description={schema.description} isRequired={isRequired} problem={problem}>
      <Stack gap="xs">
        {list.map((item, index) => (
          <Group key={keysOfList[index]} gap={4} wrap="nowrap" align="flex-start">
            <div style={{ flex: 1, minWidth: 0 }}>
              <Field
                isBare={!isWide}
                path={[...path, String(index)]}
                schema={items}
                label={`${one} ${index + 1}`}
                isRequired
                value={item}
                onChange={(next) =>
                  set(
                    list.map((old, at) => (at === index ? next : old)),
                    keysOfList,
                  )
                }
              />
            </div>
            {list.length > 1 && (
              <>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={36}
                  disabled={index === 0}
                  aria-label={`Move ${inSentence(one)} ${index + 1} up`}
                  onClick={() => move(index - 1)}
                >
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={36}
                  disabled={index === list.length - 1}
                  aria-label={`Move ${inSentence(one)} ${index + 1} down`}
                  onClick={() => move(index)}
                >
                  <IconArrowDown size={16} />
                </ActionIcon>
              </>
            )}
            <RemoveRow
              label={`Remove ${inSentence(one)} ${index + 1}`}
              onClick={() => set(without(list, index), without(keysOfList, index))}
            />
          </Group>
        ))}
        <AddRow
          label={`Add ${inSentence(one)}`}
          isFull={isFull}
          onClick={() => set([...list, initialOf(items, root, true) ?? null], [...keysOfList, ++lastKey])}
        />
      </Stack>
    </FieldGroup>
  )
}

/** Values of which each has its own meaning by its place. */
export function TupleField({ items, ...props }: FieldProps & { items: JsonObject[] }) {
  const { path, label, schema, isRequired, value, onChange, nothing } = props
  const { Field } = useForm()
  const problem = useProblem(props)
  const list: unknown[] = Array.isArray(value) ? value : []
  const set = (index: number, next: unknown) => {
    const all = items.map((_, at) => (at === index ? (next ?? null) : (list[at] ?? null)))
    onChange(all.every((one) => one === null) && !isRequired ? nothing : all)
  }
  return (
    <FieldGroup label={label} description={schema.description} isRequired={isRequired} problem={problem}>
      <Stack gap="xs">
        {items.map((item, index) => (
          <Field
            // biome-ignore lint/suspicious/noArrayIndexKey: a place is what a value is known by here
            key={index}
            path={[...path, String(index)]}
            schema={item}
            label={labelOf(item, '') || `${wordsOf(singular(label))} ${index + 1}`}
            isRequired
            value={list[index]}
            onChange={(next) => set(index, next)}
          />
        ))}
      </Stack>
    </FieldGroup>
  )
}
