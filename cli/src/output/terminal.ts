import type { Readable, Writable } from 'node:stream'
import { styleText } from 'node:util'

export type Output = Writable & { isTTY?: boolean; columns?: number }

/** Everything that a command touches of the world it was called in, besides the server. */
export type Terminal = {
  env: NodeJS.ProcessEnv
  cwd: string
  stdin: Readable & { isTTY?: boolean }
  stdout: Output
  stderr: Output
  /** Aborted by Ctrl+C. */
  signal: AbortSignal
}

export type Tone = 'good' | 'bad' | 'doubtful' | 'quiet' | 'strong'
const formats = { good: 'green', bad: 'red', doubtful: 'yellow', quiet: 'dim', strong: 'bold' } as const

/** Colours a text, or leaves it as it is where nobody would see the colour. */
export type Paint = (tone: Tone, text: string) => string

/** No colours in pipes and files, in simple terminals, and where NO_COLOR asks for none (https://no-color.org). */
export function painterFor(output: Output, env: NodeJS.ProcessEnv): Paint {
  const isColoured = Boolean(output.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb'
  return (tone, text) => (isColoured ? styleText(formats[tone], text, { validateStream: false }) : text)
}

/** Columns of a terminal; without end in pipes and files, where nothing is cut. */
export function widthOf(output: Output): number {
  return output.isTTY ? output.columns || 80 : Number.POSITIVE_INFINITY
}

// What could move the cursor, start a new line or turn the direction of reading.
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A text from outside in one line that does nothing to the terminal but stand there. */
export function printable(text: string): string {
  return text
    .replace(/\s*\r?\n\s*/g, ' ')
    .replaceAll('\t', ' ')
    .replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The same for a text whose lines must stay lines. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n')
}
