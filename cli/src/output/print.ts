import { type Column, displayWidth, renderTable } from './table.ts'
import { painterFor, printable, printableLines, type Terminal, widthOf } from './terminal.ts'

/** The API's answer for programs, and nothing else. */
export function printJson(terminal: Terminal, body: unknown): void {
  terminal.stdout.write(`${JSON.stringify(body, null, 2)}\n`)
}

/** A sentence that belongs to the result. */
export function printLine(terminal: Terminal, text: string): void {
  terminal.stdout.write(`${printableLines(text)}\n`)
}

/** A sentence beside the result: it does not get into a pipe. */
export function note(terminal: Terminal, text: string): void {
  terminal.stderr.write(`${painterFor(terminal.stderr, terminal.env)('quiet', printableLines(text))}\n`)
}

export function printTable<Item>(terminal: Terminal, items: readonly Item[], columns: readonly Column<Item>[]): void {
  terminal.stdout.write(
    `${renderTable(items, columns, { width: widthOf(terminal.stdout), paint: painterFor(terminal.stdout, terminal.env) })}\n`,
  )
}

/** One thing with its fields, one a line. */
export function printFields(terminal: Terminal, fields: Record<string, string | number | null | undefined>): void {
  const paint = painterFor(terminal.stdout, terminal.env)
  const names = Object.keys(fields)
  const widest = Math.max(...names.map(displayWidth))
  const lines = Object.entries(fields).map(([name, value]) => `${paint('strong', name.padEnd(widest))}  ${printable(String(value ?? '-'))}`)
  terminal.stdout.write(`${lines.join('\n')}\n`)
}

/** The answer in the form that was asked for. */
export function printAnswer<Body>(
  terminal: Terminal,
  body: Body,
  options: { json?: boolean | undefined },
  forPeople: (body: Body) => void,
): void {
  if (options.json) printJson(terminal, body)
  else forPeople(body)
}
