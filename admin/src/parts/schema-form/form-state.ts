import { type ComponentType, createContext, useContext, useEffect } from 'react'
import type { JsonObject } from './form-schema.ts'

export type Path = readonly string[]

/** One field, whatever its schema is. */
export type AnyFieldProps = {
  path: Path
  schema: JsonObject
  label: string
  isRequired: boolean
  value: unknown
  onChange: (value: unknown) => void
  /** True in a list, where the label is heard and not seen. */
  isBare?: boolean
}

/** A form by its id, and the fields that each of its data providers asks for. */
export type Offered = { id: string; data_providers: readonly { name: string; fields: readonly string[] }[] }

/** What all fields of a form share. */
export type FormState = {
  /** What draws a field inside another: groups and lists hold fields of every kind, those of their own among them. */
  Field: ComponentType<AnyFieldProps>
  /** The whole schema, which references lead into. */
  root: JsonObject
  value: JsonObject
  /** For whom data providers are asked. */
  organizationIds: readonly string[]
  isForMany: boolean
  /** The form as it is offered to a customer's user, who asks data providers through it alone. */
  offered: Offered | undefined
  /** What is wrong with which field and can be said by now, by its path. */
  problems: ReadonlyMap<string, readonly string[]>
  /** True once somebody tried to send the form: from then on everything is said. */
  isTried: boolean
  touch(path: string): void
  /** Keeps the form from being sent, for a reason that the schema does not know. */
  setObstacle(path: string, reason: string | undefined): void
}

export const FormContext = createContext<FormState | undefined>(undefined)

export function useForm(): FormState {
  const form = useContext(FormContext)
  if (!form) throw new TypeError('A field stands outside of its form.')
  return form
}

/** Keeps the form from being sent while there is a reason to. */
export function useObstacle(path: string, reason: string | undefined): void {
  const { setObstacle } = useForm()
  useEffect(() => {
    setObstacle(path, reason)
    return () => setObstacle(path, undefined)
  }, [setObstacle, path, reason])
}

/** How the person writes dates and numbers. Some browsers name a place that is none, as en-US@posix. */
export function ownLocale(): string {
  for (const language of navigator.languages) {
    try {
      return Intl.getCanonicalLocales(language.replace(/@.*/, ''))[0] ?? language
    } catch {}
  }
  return 'en-GB'
}
