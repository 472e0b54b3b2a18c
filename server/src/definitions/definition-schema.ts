import { schemaErrors } from '../platform/json-schema.ts'
import type { DefinitionProblem, PublishedDefinition } from '../protocol/channel.ts'
import { checkedDefinition, keptProblem } from '../protocol/definition-check.ts'

export type Found = { definitions: readonly PublishedDefinition[]; problems: readonly DefinitionProblem[] }

/** What a worker found, sorted: what is not of its form, or has another's name, is a problem of its file, and all else is published. */
export function sortDefinitions(found: Found): { definitions: PublishedDefinition[]; problems: DefinitionProblem[] } {
  const problems = found.problems.map(keptProblem)
  const byName = new Map<string, PublishedDefinition>()
  for (const given of found.definitions) {
    try {
      const definition = checkedDefinition(given)
      const key = `${definition.kind} ${definition.name}`
      const first = byName.get(key)
      if (first) throw new TypeError(`The name ${definition.name} is taken by ${first.file}. Give this one another name.`)
      requireUsableForm(definition)
      byName.set(key, definition)
    } catch (error) {
      problems.push(keptProblem({ ...originOf(given), reason: `definition_invalid: ${(error as Error).message}` }))
    }
  }
  return { definitions: [...byName.values()], problems }
}

/** What is given for a form is checked by its schema, so that has to be one. */
function requireUsableForm(definition: PublishedDefinition): void {
  const schema = definition.kind === 'integration' ? definition.mappingDataSchema : definition.parametersSchema
  try {
    schemaErrors(schema, {}, 'form')
  } catch (cause) {
    const what = definition.kind === 'integration' ? 'mapping data' : 'parameters'
    throw new TypeError(`Nothing can be checked by the schema of the ${what} of ${definition.name}: ${(cause as Error).message}.`, {
      cause,
    })
  }
}

const kinds = ['integration', 'workflow', 'data_provider'] as const

/** Of what kind and which file it is, as far as it says so. */
function originOf(given: unknown): Pick<DefinitionProblem, 'kind' | 'file'> {
  const { kind, file } = (given ?? {}) as { kind?: unknown; file?: unknown }
  return { kind: kinds.find((known) => known === kind) ?? 'workflow', file: typeof file === 'string' ? file : '.' }
}
