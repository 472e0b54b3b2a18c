import { closedValuesIn, notFitting, notOffered, parametersFor } from '@crosswalk/sdk/closed-fields'
import type { Acting } from '../audit/audit.ts'
import { getDefinition } from '../definitions/definitions.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { platformError } from '../platform/errors.ts'
import type { JsonObject } from '../protocol/json.ts'
import { provideOptions } from './data-providers.ts'

type Asked = { schema: JsonObject; parameters: JsonObject; organizationId: string; acting: Acting; signal: AbortSignal }

/**
 * The fields that their author declared closed and whose value their data provider does not offer the organization, each with what is wrong.
 * Forms without such a field ask nobody.
 *
 * @throws data_provider_failed, data_provider_not_found
 */
export function findNotOffered(
  dependencies: { db: Database; notifications: Notifications },
  { schema, parameters, ...who }: Asked,
): Promise<Record<string, string[]> | undefined> {
  return notOffered(closedValuesIn(schema, parameters, 'parameters'), async (name) => {
    const provider = await getDefinition(dependencies.db, 'data_provider', name)
    const { options } = await provideOptions(dependencies, {
      ...who,
      name,
      parameters: parametersFor(provider.parametersSchema, parameters),
    })
    return options.map(({ value }) => value)
  })
}

/**
 * Refuses parameters in which a field that its author declared closed has a value that its data provider does not offer the organization.
 *
 * @throws validation_failed - details name each field as `parameters.<field>`.
 * @throws data_provider_failed - the options could not be listed, so nothing is known of the value.
 * @throws data_provider_not_found
 */
export async function requireOfferedParameters(
  dependencies: { db: Database; notifications: Notifications },
  { what, ...asked }: Asked & { what: string },
): Promise<void> {
  const details = await findNotOffered(dependencies, asked)
  if (!details) return
  throw platformError('validation_failed', details, notFitting(what, details))
}
