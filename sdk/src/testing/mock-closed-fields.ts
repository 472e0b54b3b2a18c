import type { z } from 'zod'
import { closedValuesIn, notFitting, notOffered, parametersFor } from '../closed-fields.ts'
import type { Context } from '../context.ts'
import { type DataProvider, isDataProvider } from '../data-provider.ts'
import { ValidationError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { formSchemaOf } from '../schema-metadata.ts'

type Definition = { kind: 'workflow' | 'data_provider'; name: string; parameters: z.ZodObject }

/**
 * Refuses parameters in which a closed field has a value that its data provider does not offer, as the platform does.
 *
 * @throws validation_failed
 * @throws Error where the test does not give that data provider
 */
export async function requireOffered(
  ctx: Context,
  dataProviders: readonly Pick<DataProvider, 'definition'>[],
  definition: Definition,
  parameters: JsonObject,
): Promise<void> {
  const what = `the ${definition.kind === 'workflow' ? 'workflow' : 'data provider'} '${definition.name}'`
  const schema = formSchemaOf(definition.parameters) as JsonObject // zod makes plain JSON
  const details = await notOffered(closedValuesIn(schema, parameters, 'parameters'), async (name) => {
    const provider = dataProviders.find((candidate) => candidate.definition.name === name)
    if (!isDataProvider(provider))
      throw new Error(`A closed field of ${what} takes the options of '${name}'; give mockContext that data provider.`)
    const own = parametersFor(formSchemaOf(provider.definition.parameters) as JsonObject, parameters)
    return (await provider(ctx, own)).map(({ value }) => value)
  })
  if (details) throw new ValidationError(notFitting(what, details), details)
}
