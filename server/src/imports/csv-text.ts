import { CsvError, parse } from 'csv-parse/sync'
import { defineErrors } from '../platform/errors.ts'

export const importError = defineErrors({
  import_unreadable: { status: 400, message: 'The file cannot be read as CSV. Save it as CSV with UTF-8, and try again.' },
  import_too_long: { status: 400, message: 'The file has more than 10,000 rows. Split it, and import the parts one after the other.' },
  import_columns_unclear: { status: 400, message: 'The columns do not say which organization a row is of. Choose a column for the name.' },
  import_refused: { status: 409, message: 'Some rows cannot be imported, so nothing was. Correct them, or take them out of the file.' },
})

const maxRows = 10_000
const maxColumns = 200
const maxRecordBytes = 200_000
export const delimiters = [',', ';', '\t'] as const
export type Delimiter = (typeof delimiters)[number]

/** @param line where the row begins in the file, from 1 */
export type CsvRow = { line: number; cells: string[] }
export type Csv = { delimiter: Delimiter; header: string[]; rows: CsvRow[] }

/** Counts outside of quotes in the first row, so that a comma in a quoted heading decides nothing. */
function delimiterOf(text: string): Delimiter {
  const counts = new Map<string, number>(delimiters.map((each) => [each, 0]))
  let isQuoted = false
  for (const char of text.slice(0, maxRecordBytes)) {
    if (char === '"') isQuoted = !isQuoted
    else if (!isQuoted && (char === '\n' || char === '\r')) break
    else if (!isQuoted && counts.has(char)) counts.set(char, (counts.get(char) ?? 0) + 1)
  }
  const [most = ','] = [...delimiters].sort((one, other) => (counts.get(other) ?? 0) - (counts.get(one) ?? 0))
  return most
}

type Parsed = { record: string[]; info: { lines: number } }

/**
 * Reads CSV as spreadsheets write it: with or without a byte order mark, with quoted line breaks.
 *
 * @param given the delimiter; not given, the one that the first row has most of
 * @throws import_unreadable, import_too_long
 */
export function parseCsv(text: string, given?: Delimiter): Csv {
  const content = text.replace(/^\ufeff/, '')
  const delimiter = given ?? delimiterOf(content)
  const [first, ...others] = readRecords(content, delimiter)
  if (!first) throw importError('import_unreadable', {}, 'The file is empty. Its first row must name the columns.')
  if (first.record.length > maxColumns)
    throw importError('import_unreadable', { columns: first.record.length }, `The file has more than ${maxColumns} columns.`)
  if (others.length > maxRows) throw importError('import_too_long', { max_rows: maxRows })
  let line = first.info.lines
  const rows = others.map(({ record, info }) => {
    const row = { line: line + 1, cells: record }
    line = info.lines
    return row
  })
  return { delimiter, header: first.record, rows: rows.filter(({ cells }) => cells.some((cell) => cell !== '')) }
}

function readRecords(text: string, delimiter: Delimiter): Parsed[] {
  try {
    return parse(text, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: maxRecordBytes,
      to: maxRows + 2,
    }) as unknown as Parsed[] // what `info` makes of it
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines } = error as unknown as { lines?: number } // its own types leave it out
    const where = lines === undefined ? '' : ` near line ${lines}`
    throw importError(
      'import_unreadable',
      { line: lines ?? null },
      `The file cannot be read${where}: a quotation mark is not closed, or stands in the middle of a cell.`,
    )
  }
}
