import { type Command, InvalidArgumentError } from 'commander'
import { note, printJson, printTable } from './print.ts'
import type { Column } from './table.ts'
import type { Terminal } from './terminal.ts'

export type PageOptions = { limit?: number; cursor?: string; all?: boolean; json?: boolean }
type Page = { count: number; next_cursor: string | null }

const maxPage = 200

function limitOf(text: string): number {
  const limit = Number(text)
  if (/^\d+$/.test(text) && limit >= 1 && limit <= maxPage) return limit
  throw new InvalidArgumentError(`It is a whole number from 1 to ${maxPage}; --all reads everything.`)
}

/** The options that every list has. */
export function addPageOptions(command: Command): Command {
  return command
    .option('--limit <number>', `at most so many (up to ${maxPage}; the server's default is 50)`, limitOf)
    .option('--cursor <cursor>', 'continue where an earlier page ended')
    .option('--all', 'read all pages')
    .option('--json', "print the server's JSON")
}

/** A list: how to read a page of it, and what to show. */
export type Listing<Key extends string, Item> = {
  key: Key
  read(page: { limit?: number; cursor?: string }): Promise<Page & Record<Key, Item[]>>
  columns: readonly Column<Item>[]
  /** What to say, and to do, where there is nothing. */
  whenEmpty: string
}

/** Reads a page, or all of them, and prints it. */
export async function showList<Key extends string, Item>(
  terminal: Terminal,
  options: PageOptions,
  list: Listing<Key, Item>,
): Promise<void> {
  const limit = options.limit ?? (options.all ? maxPage : undefined)
  const query = (cursor: string | undefined) => ({ ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) })
  let body = await list.read(query(options.cursor))
  if (options.all) {
    const items = [...body[list.key]]
    while (body.next_cursor !== null) {
      body = await list.read(query(body.next_cursor))
      items.push(...body[list.key])
    }
    body = { ...body, [list.key]: items, count: items.length }
  }
  if (options.json) return printJson(terminal, body)
  if (body.count === 0) return note(terminal, list.whenEmpty)
  printTable(terminal, body[list.key], list.columns)
  if (body.next_cursor !== null) note(terminal, `There are more: add --all, or --cursor ${body.next_cursor}`)
}
