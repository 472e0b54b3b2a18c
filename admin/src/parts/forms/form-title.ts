import { wordsOf } from '../schema-form/form-schema.ts'

/** What a form is called: as its author named it, or its id in words. */
export function formTitle(id: string, name: string | undefined): string {
  return name === undefined || name === id ? wordsOf(id) : name
}
