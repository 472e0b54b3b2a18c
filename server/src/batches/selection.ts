import { z } from 'zod'
import { wireId } from '../platform/http/text.ts'

const maxIds = 10_000
const mappedPattern = /^mapped:[a-z][a-z0-9_]{0,49}$/

/** Which organizations something runs for: all active ones, the active ones with a mapping of an integration, or those with these ids. */
export type Selection = 'all' | `mapped:${string}` | string[]

/** The selection in a body. */
export const selectionField = z
  .union([
    z.literal('all'),
    z
      .custom<`mapped:${string}`>((value) => typeof value === 'string' && mappedPattern.test(value))
      .meta({
        type: 'string',
        pattern: mappedPattern.source,
      }),
    z.array(wireId).min(1).max(maxIds),
  ])
  .describe(
    '`all` active organizations, the active ones with a mapping of an integration (`mapped:<integration>`), or those with these ids.',
  )

/** The integration that a selection asks for a mapping of. */
export function mappedIntegration(selection: Selection): string | undefined {
  return typeof selection === 'string' && selection.startsWith('mapped:') ? selection.slice('mapped:'.length) : undefined
}
