import { type Context, ValidationError } from '@crosswalk/sdk'
import { closedValuesIn, notFitting, notOffered, parametersFor } from '@crosswalk/sdk/closed-fields'
import type { JsonObject } from '../protocol/json.ts'
import type { Catalogue } from './catalogue.ts'
import { publishDataProvider, publishWorkflow } from './descriptions.ts'

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
  const workflow = catalogue.hasClosedFields(workflowName) ? catalogue.workflows.get(workflowName) : undefined
  if (!workflow) return
  const { parametersSchema } = publishWorkflow(workflow, '')
  const details = await notOffered(closedValuesIn(parametersSchema, parameters, 'parameters'), (name) =>
    ctx.step(`options of ${name}`, async () => {
      const provider = catalogue.dataProviders.get(name)
      if (!provider) {
        throw Object.assign(
          new Error(`The workspace has no data provider named ${name}, whose options a field of ${workflowName} takes.`),
          {
            code: 'definition_not_found',
          },
        )
      }
      const options = await provider(ctx, parametersFor(publishDataProvider(provider, '').parametersSchema, parameters))
      return options.map(({ value }) => value)
    }),
  )
  if (!details) return
  throw new ValidationError(notFitting(`the workflow '${workflowName}'`, details), details)
}
