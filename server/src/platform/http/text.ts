import { z } from 'zod'

// Control characters, line and paragraph separators, halves of surrogate pairs, and the marks that turn the direction of what follows.
const notInLine = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u
const invisible = /^[\s\p{Z}\p{Cf}]*$/u
// Tabs and line ends belong to text of several lines.
const notInText = /[\p{Cs}\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/u

/** An id as a client sends it; PostgreSQL and we spell it in lower case. */
export const wireId = z.uuid().toLowerCase()

/** One line for people to read, without space around it. */
export function lineOfText(maxLength: number) {
  return (
    z
      .string()
      .trim()
      // One spelling of letters with accents: what looks the same is found.
      .normalize('NFC')
      .min(1, 'must not be empty')
      .max(maxLength)
      .refine((text) => text === '' || !invisible.test(text), 'must have a character that can be seen')
      .refine((text) => !notInLine.test(text), 'must be one line without control characters')
  )
}

/** Text of any number of lines, kept byte for byte. */
export function verbatimText(maxBytes: number) {
  return z
    .string()
    .min(1, 'must not be empty')
    .refine((text) => text === '' || !invisible.test(text), 'must have a character that can be seen')
    .refine((text) => Buffer.byteLength(text) <= maxBytes, `must be at most ${maxBytes} bytes`)
    .refine((text) => !notInText.test(text), 'must be text without control characters')
}

/** A yes or no of a query. */
export const wireFlag = z.enum(['true', 'false']).transform((text) => text === 'true')
