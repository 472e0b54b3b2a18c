import type { DefinitionProblem, PublishedDefinition } from '../protocol/channel.ts'

/** Keywords whose values are data, in which nothing is said about a form. */
const dataKeywords = new Set(['default', 'examples', 'const', 'enum'])

/** Every field of a form that names a data provider, by its path: `sites.items` is under `sites`. */
function* referencesIn(schema: unknown, path: readonly string[] = []): Generator<{ field: string; dataProvider: string }> {
  if (typeof schema !== 'object' || schema === null) return
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'dataProvider' && typeof value === 'string') yield { field: path.join('.'), dataProvider: value }
    else if (keyword === 'properties' && typeof value === 'object' && value !== null)
      for (const [name, property] of Object.entries(value)) yield* referencesIn(property, [...path, name])
    else if (!dataKeywords.has(keyword)) yield* referencesIn(value, path)
  }
}

const formOf = {
  workflow: (definition: Extract<PublishedDefinition, { kind: 'workflow' }>) => definition.parametersSchema,
  data_provider: (definition: Extract<PublishedDefinition, { kind: 'data_provider' }>) => definition.parametersSchema,
  integration: (definition: Extract<PublishedDefinition, { kind: 'integration' }>) => definition.mappingDataSchema,
}
const nouns = { workflow: 'workflow', data_provider: 'data provider', integration: 'integration' }

/**
 * Forms that take options from a data provider that there is none of. Nothing else would say so before a person meets the field, and the
 * definition itself works: its value can be typed.
 *
 * @param switchedOff names of ready-made integrations that the operator switched off: their data providers are missing on purpose
 */
export function unknownDataProviders(published: readonly PublishedDefinition[], switchedOff: readonly string[] = []): DefinitionProblem[] {
  const names = published.filter(({ kind }) => kind === 'data_provider').map(({ name }) => name)
  const known = names.length === 0 ? 'There is none.' : `There are: ${names.toSorted().join(', ')}.`
  return published.flatMap((definition) => {
    const { kind, name, file } = definition
    const form = formOf[kind](definition as never) // of that kind
    return [...referencesIn(form)]
      .filter(({ dataProvider }) => !names.includes(dataProvider) && !switchedOff.some((vendor) => dataProvider.startsWith(`${vendor}_`)))
      .map(({ field, dataProvider }) => ({
        kind,
        file,
        isWarning: true,
        reason: `definition_invalid: The field ${field} of the ${nouns[kind]} ${name} takes its options from the data provider '${dataProvider}', and no file has that. ${known} Correct the name, or export one of that name from a file in data-providers/ that loads.`,
      }))
  })
}
