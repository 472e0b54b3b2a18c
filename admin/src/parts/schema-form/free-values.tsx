import { Group, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { keyOf } from './field-props.ts'
import type { JsonObject } from './form-schema.ts'
import { type Path, useForm, useObstacle } from './form-state.ts'
import { initialOf } from './initial-value.ts'
import { resolved } from './resolve-schema.ts'
import { AddRow, RemoveRow } from './row-buttons.tsx'
import { shapeOf } from './shape.ts'

type Row = { id: number; name: string; value: unknown }
type FreeValuesProps = { path: Path; schema: JsonObject; value: JsonObject; onChange: (value: JsonObject) => void }

let lastId = 0
const rowOf = (name: string, value: unknown): Row => ({ id: ++lastId, name, value })
const isEmpty = ({ name, value }: Row) => name === '' && (value === undefined || value === '' || value === null)
const valuesOf = (rows: readonly Row[]): JsonObject =>
  Object.fromEntries(rows.filter(({ name }) => name !== '').map(({ name, value }) => [name, value ?? '']))

/** Values under keys that the person chooses. A row without a key is not sent. */
export function FreeValues({ path, schema, value, onChange }: FreeValuesProps) {
  const { isTried, root, Field } = useForm()
  const [rows, setRows] = useState(() => Object.entries(value).map(([name, one]) => rowOf(name, one)))
  const isSame = JSON.stringify(valuesOf(rows)) === JSON.stringify(value)
  const shown = isSame ? rows : Object.entries(value).map(([name, one]) => rowOf(name, one))
  const set = (next: Row[]) => {
    setRows(next)
    onChange(valuesOf(next))
  }
  const problemOf = (row: Row) => {
    if (isEmpty(row)) return undefined
    if (row.name === '') return 'Key is required.'
    return shown.filter(({ name }) => name === row.name).length > 1 ? 'This key is there twice.' : undefined
  }
  useObstacle(
    `${keyOf(path)} keys`,
    shown.map(problemOf).find((problem) => problem !== undefined),
  )
  const isWide = ['group', 'list', 'variants', 'tuple'].includes(shapeOf(resolved(schema, root).schema, root).kind)
  return (
    <Stack gap="xs" align="stretch">
      {shown.map((row, index) => (
        <Group key={row.id} gap="xs" wrap={isWide ? 'wrap' : 'nowrap'} align="flex-start">
          <TextInput
            aria-label={shown.length === 1 ? 'Key' : `Key ${index + 1}`}
            placeholder="Key"
            flex={1}
            miw={90}
            value={row.name}
            error={isTried || row.name !== '' ? problemOf(row) : undefined}
            onChange={(event) => set(shown.map((one) => (one.id === row.id ? { ...one, name: event.currentTarget.value } : one)))}
          />
          <div style={{ flex: isWide ? '1 0 100%' : 2, order: isWide ? 3 : 0 }}>
            <Field
              isBare={!isWide}
              path={[...path, row.name]}
              schema={schema}
              label={row.name === '' ? 'Value' : row.name}
              isRequired
              value={row.value}
              onChange={(next) => set(shown.map((one) => (one.id === row.id ? { ...one, value: next } : one)))}
            />
          </div>
          <RemoveRow label={`Remove ${row.name || 'the value'}`} onClick={() => set(shown.filter(({ id }) => id !== row.id))} />
        </Group>
      ))}
      <AddRow label="Add a value" onClick={() => set([...shown, rowOf('', initialOf(schema, root, true))])} />
    </Stack>
  )
}
