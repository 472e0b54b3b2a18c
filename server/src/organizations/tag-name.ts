import { z } from 'zod'
import { lineOfText } from '../platform/http/text.ts'

/** A tag in the one spelling that we keep: lower case, so that no grant goes by another spelling. Without commas, which stand between tags. */
export const tagName = lineOfText(50)
  .refine((text) => !text.includes(','), 'must not have a comma')
  .transform((text) => text.normalize('NFC').toLowerCase())

/** The tags of an organization as a client sends them: at most 50, each kept once, in order. */
export const tagNames = z
  .array(tagName)
  .max(50)
  .transform((tags) => [...new Set(tags)].sort())
