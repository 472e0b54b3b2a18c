type Page = { next_cursor: string | null }

/** Reads a list to its end, or until `max` items are there. */
export async function everyPage<P extends Page, Item>(
  read: (cursor: string | undefined) => Promise<P>,
  itemsOf: (page: P) => Item[],
  max: number,
): Promise<{ items: Item[]; isComplete: boolean }> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    items.push(...itemsOf(page))
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined && items.length < max)
  return { items, isComplete: cursor === undefined }
}

/** More definitions of one kind than any workspace has. */
const maxDefinitions = 5_000

/** Everything of one kind that the workspace defines, and what of it could not be loaded. */
export async function definitionsOf<P extends Page & { problems: unknown[] }, Item>(
  read: (cursor: string | undefined) => Promise<P>,
  itemsOf: (page: P) => Item[],
): Promise<{ items: Item[]; problems: P['problems'] }> {
  let problems: P['problems'] = []
  const readPage = async (cursor: string | undefined) => {
    const page = await read(cursor)
    problems = page.problems
    return page
  }
  const { items } = await everyPage(readPage, itemsOf, maxDefinitions)
  return { items, problems }
}

/** A query's parameters without the empty ones, which the API would take for values. */
export function given<T extends Record<string, unknown>>(parameters: T): { [K in keyof T]?: Exclude<T[K], undefined | ''> } {
  const entries = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined | ''> } // what the filter leaves
}
