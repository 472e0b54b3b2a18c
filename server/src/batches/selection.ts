import { z } from 'zod'
import { wireId } from '../platform/http/text.ts'

const maxIds = 10_000
const mappedPattern = /^mapped:[a-z][a-z0-9_]{0,49}$/
const tagPattern = /^tag:[^,\p{Cc}]{1,50}$/u
const fieldPattern = /^field:[a-z][a-z0-9_]{0,49}=[^\p{Cc}]{0,2000}$/u
const textPattern = /^(mapped:[a-z][a-z0-9_]{0,49}|tag:[^,]{1,50}|field:[a-z][a-z0-9_]{0,49}=.{0,2000})$/

/**
 * Which organizations something runs for: all active ones, the active ones with a mapping of an integration, with a tag or with a value of a
 * custom field, or those with these ids.
 */
export type Selection = 'all' | `mapped:${string}` | `tag:${string}` | `field:${string}` | string[]

/** The selection in a body. */
export const selectionField = z
  .union([
    z.literal('all'),
    z
      .custom<`mapped:${string}` | `tag:${string}` | `field:${string}`>(
        (value) => typeof value === 'string' && [mappedPattern, tagPattern, fieldPattern].some((pattern) => pattern.test(value)),
      )
      .meta({ type: 'string', pattern: textPattern.source }),
    z.array(wireId).min(1).max(maxIds),
  ])
  .describe(
    '`all` active organizations, the active ones with a mapping of an integration (`mapped:<integration>`), with a tag (`tag:<tag>`) or with a value of a custom field (`field:<name>=<value>`, without a value those that have none), or those with these ids.',
  )

/** The integration that a selection asks for a mapping of. */
export function mappedIntegration(selection: Selection): string | undefined {
  return typeof selection === 'string' && selection.startsWith('mapped:') ? selection.slice('mapped:'.length) : undefined
}

/** The tag that a selection asks for, as tags are kept. */
export function selectedTag(selection: Selection): string | undefined {
  if (typeof selection !== 'string' || !selection.startsWith('tag:')) return undefined
  return selection.slice('tag:'.length).trim().normalize('NFC').toLowerCase()
}

/** The custom field and the value that a selection asks for. */
export function selectedField(selection: Selection): { name: string; text: string } | undefined {
  if (typeof selection !== 'string' || !selection.startsWith('field:')) return undefined
  const [, name = '', text = ''] = /^field:([^=]*)=(.*)$/s.exec(selection) ?? []
  return { name, text: text.trim() }
}
