import { z } from 'zod'
import { holdDefinition } from '../definitions/definitions.ts'
import type { EndHandler } from '../engine/state/requests.ts'
import type { JsonObject } from '../protocol/json.ts'
import { upsertCachedOptions } from './data-providers.queries.ts'
import { hashParameters } from './data-providers.ts'
import { parseOptions } from './option.ts'

const providerInput = z.object({ parameters: z.record(z.string(), z.unknown()).default({}) })

/** Keeps the options that a data provider returned, where it says for how long. */
export const dataProviderEnd: EndHandler = {
  kind: 'data_provider',
  async onEnd(transaction, execution, outcome) {
    const input = providerInput.safeParse(execution.input)
    if (outcome.status !== 'success' || execution.organizationId === null || !input.success) return
    const options = parseOptions(outcome.result)
    const provider = await holdDefinition(transaction, 'data_provider', execution.name)
    if (!options || !provider || provider.cacheSeconds <= 0) return
    const parametersHash = hashParameters(input.data.parameters as JsonObject) // it was stored as JSON
    await upsertCachedOptions(
      transaction,
      { providerName: execution.name, organizationId: execution.organizationId, parametersHash },
      options,
      provider.cacheSeconds,
    )
  },
}
