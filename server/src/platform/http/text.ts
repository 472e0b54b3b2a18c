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

// What is shown is not what is there. Other marks of direction are part of how languages are written.
const turning = /[\u202a-\u202e\u2066-\u2069]/
export const turningProblem = 'must not have characters that turn the direction of text'

/** True of text with marks that turn the direction of what follows them. */
export const turnsDirection = (text: string): boolean => turning.test(text)

/** The same, for people who decide by what they read. */
export function readableText(maxBytes: number) {
  return verbatimText(maxBytes).refine((text) => !turnsDirection(text), turningProblem)
}

/** A yes or no of a query. */
export const wireFlag = z.enum(['true', 'false']).transform((text) => text === 'true')

/**
 * A whole number of a query or path, in decimal digits: what else JavaScript reads as a number (`0x10`, `1e2`, spaces, nothing) is
 * refused, as the description says `integer`.
 */
export const wireWholeNumber = (minimum: number, maximum: number) =>
  z.preprocess(
    (given) => (typeof given === 'string' && /^-?\d{1,16}$/.test(given) ? Number(given) : given),
    z.int().min(minimum).max(maximum),
  )

/** The same, where it may be left out. */
export const wireWholeNumberOr = (byDefault: number, minimum: number, maximum: number) =>
  // Not `default`: the description of what is prepared would lack it.
  wireWholeNumber(minimum, maximum).prefault(byDefault)
