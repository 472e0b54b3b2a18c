import { type Ref, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react'
import { Field } from './field.tsx'
import type { JsonObject } from './form-schema.ts'
import { FormContext, type FormState, type Offered } from './form-state.ts'
import { Members } from './group-field.tsx'
import { filled } from './initial-value.ts'
import { resolved } from './resolve-schema.ts'
import { problemsOf } from './schema-validator.ts'
import { shapeOf } from './shape.ts'

/** Lets the page around the form check it all before it sends. */
export type SchemaFormHandle = {
  /** False where something is wrong, which the form then says, with the focus on the first of it. */
  validate(): boolean
}

type SchemaFormProps = {
  schema: JsonObject
  value: JsonObject
  onChange: (value: JsonObject) => void
  /** For whom data providers are asked; empty until that is chosen. Of many organizations these are some. */
  organizationIds: readonly string[]
  isForMany?: boolean
  /** Where the form is one that is offered to a customer's user. */
  offered?: Offered
  /** What the server said of single fields, by their paths (`api_base_url`, `window.from`). */
  serverErrors?: Record<string, string[]>
  ref?: Ref<SchemaFormHandle>
}

function valueAt(value: unknown, path: string): string | undefined {
  let place = value
  for (const part of path.split('.')) place = typeof place === 'object' && place !== null ? Reflect.get(place, part) : undefined
  return JSON.stringify(place)
}

/** What the server said, as long as the value is the one that it said it of. */
function useServerProblems(errors: Record<string, string[]>, value: JsonObject) {
  const text = JSON.stringify(errors)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the value as it was sent is kept with what was said of it
  const sent = useMemo(() => value, [text])
  return useMemo(() => {
    const said = Object.entries(JSON.parse(text) as Record<string, string[]>) // made above
    return said.filter(([path]) => valueAt(sent, path) === valueAt(value, path))
  }, [text, sent, value])
}

const none: Record<string, string[]> = {}

/** A form made from a definition's schema, in the order in which its author wrote it. */
export default function SchemaForm({
  schema,
  value,
  onChange,
  organizationIds,
  isForMany = false,
  offered,
  serverErrors = none,
  ref,
}: SchemaFormProps) {
  const frame = useRef<HTMLDivElement>(null)
  const obstacles = useRef(new Map<string, string>())
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [attempts, setAttempts] = useState(0)
  const complete = useMemo(() => filled(schema, schema, value) as JsonObject, [schema, value]) // an object stays one
  const found = useMemo(() => problemsOf(schema, complete), [schema, complete])
  const said = useServerProblems(serverErrors, value)
  const isTried = attempts > 0
  const problems = useMemo(() => {
    const told = new Map([...found].filter(([path]) => isTried || touched.has(path)))
    for (const [path, messages] of said) if (!told.has(path)) told.set(path, messages)
    return told
  }, [found, said, isTried, touched])

  // What has to be there is there from the start. Defaults are not: they stay their author's until somebody changes something.
  useEffect(() => {
    if (problemsOf(schema, value).size > found.size) onChange(complete)
  }, [schema, value, found, complete, onChange])

  const focusFirst = useCallback(() => {
    const place = frame.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-problem]')
    place?.focus()
    place?.scrollIntoView({ block: 'nearest' })
  }, [])
  useEffect(() => {
    if (attempts > 0) focusFirst()
  }, [attempts, focusFirst])
  const saidText = said.map(([path]) => path).join()
  useEffect(() => {
    if (saidText !== '') focusFirst()
  }, [saidText, focusFirst])

  useImperativeHandle(
    ref,
    () => ({
      validate() {
        if (found.size === 0 && obstacles.current.size === 0) return true
        setAttempts((count) => count + 1)
        return false
      },
    }),
    [found],
  )
  const state: FormState = {
    Field,
    root: schema,
    value: complete,
    organizationIds,
    isForMany,
    offered,
    problems,
    isTried,
    touch: useCallback((path) => setTouched((before) => (before.has(path) ? before : new Set(before).add(path))), []),
    setObstacle: useCallback((path, reason) => {
      if (reason === undefined) obstacles.current.delete(path)
      else obstacles.current.set(path, reason)
    }, []),
  }
  const shape = shapeOf(resolved(schema, schema).schema, schema)
  const change = (next: unknown) => onChange(filled(schema, schema, next) as JsonObject) // as above
  return (
    <FormContext value={state}>
      <div ref={frame}>
        {shape.kind === 'group' && (
          <Members path={[]} members={shape.members} free={shape.free} value={complete} onChange={change} isRequired nothing={undefined} />
        )}
      </div>
    </FormContext>
  )
}
