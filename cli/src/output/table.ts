import Table from 'cli-table3'
import { type Paint, printable } from './terminal.ts'

/** One column of a table for people. */
export type Column<Item> = {
  title: string
  value(item: Item): string | number | null
  /** Ids and the like: useless when cut, so they never are. */
  isWhole?: boolean
  /** Colours the text of the cell. */
  paint?(text: string, item: Item, paint: Paint): string
}

const gap = 2
const narrowest = 8
/** The library looks at every row for each row, so that one table of ten thousand takes seconds. Parts of equal widths are one table. */
const rowsAtOnce = 100
const noLines = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, '']),
)

const graphemes = new Intl.Segmenter()
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

/** The beginning of a text, with an ellipsis, in so many columns. */
export function cutTo(text: string, width: number): string {
  let taken = ''
  let takenWidth = 0
  for (const { segment } of graphemes.segment(text)) {
    takenWidth += wide.test(segment) ? 2 : 1
    if (takenWidth > width - 1) break
    taken += segment
  }
  return `${taken}…`
}

/** Takes from the widest columns that may be cut until the row fits, as evenly as can be. */
function fitWidths(natural: number[], canShrink: boolean[], available: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1) - available
  while (excess > 0) {
    const widest = widths.reduce(
      (best, width, index) => (canShrink[index] && width > narrowest && width > (widths[best] ?? 0) ? index : best),
      -1,
    )
    if (widest < 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
    excess -= 1
  }
  return widths
}

/** A table without lines, one row a line, that fits into so many columns. */
export function renderTable<Item>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
  { width, paint }: { width: number; paint: Paint },
): string {
  const cells = items.map((item) => columns.map((column) => printable(String(column.value(item) ?? '-'))))
  const natural = columns.map((column, index) =>
    cells.reduce((most, row) => Math.max(most, displayWidth(row[index] ?? '')), displayWidth(column.title)),
  )
  const widths = fitWidths(
    natural,
    columns.map((column) => !column.isWhole),
    width,
  )
  const last = columns.length - 1
  const options = {
    chars: noLines,
    // The styling is ours: the library's own asks nobody whether colours are wanted.
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: widths.map((columnWidth, index) => columnWidth + (index === last ? 0 : gap)),
    truncate: '…',
  }
  const cut = (text: string, index: number) => (displayWidth(text) > (widths[index] ?? 0) ? cutTo(text, widths[index] ?? 0) : text)
  const rows = [columns.map((column, index) => paint('strong', cut(column.title, index)))]
  for (const [position, row] of cells.entries()) {
    const item = items[position] as Item // cells has one row an item
    rows.push(row.map((text, index) => columns[index]?.paint?.(cut(text, index), item, paint) ?? cut(text, index)))
  }
  const parts: string[] = []
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const table = new Table(options)
    table.push(...rows.slice(start, start + rowsAtOnce))
    parts.push(table.toString())
  }
  return parts.join('\n').replaceAll(/[ ]+$/gm, '')
}
