import type { Mask } from '@crosswalk/sdk/masking'
import type { Logger } from 'pino'
import type { Database } from '../../platform/database/database.ts'
import { canonicalJson, type JsonObject } from '../../protocol/json.ts'
import type { Claim } from '../state/claiming.queries.ts'
import { saveEffectiveParameters } from './effective-parameters.queries.ts'

/** Longer ones are not kept: those that were given are shown then. As JSON, in characters. */
const maxChars = 262_144

/**
 * Keeps what the code of an execution says that it is called with, where that is not what was given: people see the defaults that applied.
 * It is only shown. A retry begins with what was given.
 */
export async function keepEffectiveParameters(
  { db, logger }: { db: Database; logger: Logger },
  { claim, mask, given }: { claim: Claim; mask: Mask; given: unknown },
  parameters: JsonObject,
): Promise<void> {
  try {
    const shown = mask.data(parameters)
    if (JSON.stringify(shown).length > maxChars || canonicalJson(shown) === canonicalJson(given ?? {})) return
    await saveEffectiveParameters(db, claim, shown)
  } catch (error) {
    // They are shown and nothing more: no execution ends for them.
    logger.warn({ err: error, executionId: claim.executionId }, 'the parameters of an execution could not be kept as its code got them')
  }
}
