import { type Context, ValidationError } from '@crosswalk/sdk'
import { closedValuesIn, notFitting, notOffered, parametersFor } from '@crosswalk/sdk/closed-fields'
import type { JsonObject } from '../protocol/json.ts'
import type { Catalogue } from './catalogue.ts'

/**
 * Refuses parameters in which a closed field has a value that its data provider does not offer. The API asks before it takes an order for
 * one organization; here it is asked for those of batches and schedules, where each organization has options of its own. What was offered
 * is recorded: an execution that is resumed continues with the same.
 *
 * @throws validation_failed
 */
export async function requireOfferedParameters(
  ctx: Context,
  catalogue: Catalogue,
  workflowName: string,
  parameters: JsonObject,
): Promise<void> {
  const workflow = catalogue.published.find(({ kind, name }) => kind === 'workflow' && name === workflowName)
  if (workflow?.kind !== 'workflow') return
  const details = await notOffered(closedValuesIn(workflow.parametersSchema, parameters, 'parameters'), (name) =>
    ctx.step(`options of ${name}`, async () => {
      const provider = catalogue.dataProviders.get(name)
      const published = catalogue.published.find((definition) => definition.kind === 'data_provider' && definition.name === name)
      if (!provider || published?.kind !== 'data_provider') {
        throw Object.assign(
          new Error(`The workspace has no data provider named ${name}, whose options a field of ${workflowName} takes.`),
          {
            code: 'definition_not_found',
          },
        )
      }
      const options = await provider(ctx, parametersFor(published.parametersSchema, parameters))
      return options.map(({ value }) => value)
    }),
  )
  if (!details) return
  throw new ValidationError(notFitting(`the workflow '${workflowName}'`, details), details)
}
