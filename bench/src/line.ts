import type { Bench } from './bench.ts'

/** One line of the table. */
export type Line = {
  what: string
  ours: string
  yardstick: string
  /** How ours stands to the yardstick, in the target's own unit. */
  ratio: string
  target: string
  /** Undefined where there is no target: measured for comparison. */
  isMet?: boolean
}

/** Measures one row of the promises in the architecture, beside its yardstick. */
export type Row = { name: string; measure(bench: Bench): Promise<Line[]> }

const rate = (perSecond: number) => `${Math.round(perSecond).toLocaleString('en')}/s`
export const ms = (value: number) => `${value.toFixed(value < 100 ? 2 : 0)} ms`

/** Ours is to reach at least this part of the yardstick's rate. */
export function rateLine(what: string, ours: number, yardstick: number, atLeast: number): Line {
  const ratio = ours / yardstick
  return {
    what,
    ours: rate(ours),
    yardstick: rate(yardstick),
    ratio: `${ratio.toFixed(2)} ×`,
    target: `≥ ${atLeast} ×`,
    isMet: ratio >= atLeast,
  }
}

/** Two rates beside each other, without a target. */
export function ratesLine(what: string, ours: number, yardstick: number): Line {
  return { what, ours: rate(ours), yardstick: rate(yardstick), ratio: `${(ours / yardstick).toFixed(2)} ×`, target: '–' }
}

/** Ours may take at most this many times as long. */
export function timesLine(what: string, oursMs: number, yardstickMs: number, atMost: number | undefined): Line {
  const ratio = oursMs / yardstickMs
  const line = { what, ours: ms(oursMs), yardstick: ms(yardstickMs), ratio: `${ratio.toFixed(2)} ×` }
  return atMost === undefined ? { ...line, target: '–' } : { ...line, target: `≤ ${atMost} ×`, isMet: ratio <= atMost }
}

/** Ours may take at most so much longer. */
export function aboveLine(what: string, oursMs: number, yardstickMs: number, atMostMs: number): Line {
  const above = oursMs - yardstickMs
  return {
    what,
    ours: ms(oursMs),
    yardstick: ms(yardstickMs),
    ratio: `${above < 0 ? '−' : '+'}${ms(Math.abs(above))}`,
    target: `≤ +${atMostMs} ms`,
    isMet: above <= atMostMs,
  }
}

/** Ours has a limit of its own. */
export function limitLine(what: string, value: number, atMost: number, unit: 'ms' | 'MB' | 'KB' | 's'): Line {
  const shown = unit === 'MB' || unit === 'KB' ? `${Math.round(value)} ${unit}` : `${value.toFixed(unit === 's' ? 2 : 1)} ${unit}`
  return { what, ours: shown, yardstick: '–', ratio: '–', target: `≤ ${atMost} ${unit}`, isMet: value <= atMost }
}

/** The lines as a table that reads in a terminal and is Markdown too. */
export function tableOf(lines: readonly Line[]): string {
  const header = ['what', 'ours', 'yardstick', 'ratio', 'target', 'met?']
  const cells = lines.map((line) => [
    line.what,
    line.ours,
    line.yardstick,
    line.ratio,
    line.target,
    line.isMet === undefined ? '–' : line.isMet ? 'yes' : 'NO',
  ])
  const widths = header.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)))
  const shown = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [shown(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...cells.map(shown)].join('\n')
}
