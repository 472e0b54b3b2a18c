import { AsyncLocalStorage } from 'node:async_hooks'

// What a statement is for stands in the `application_name` of its transaction: PostgreSQL shows it in pg_stat_activity and, as %a, in its log.

/** PostgreSQL cuts names at so many bytes. */
const maxBytes = 63
/** They stand in statements as they are. */
const namePattern = /^[a-z0-9-]+(?: [a-z0-9-]+)*$/

const requests = new AsyncLocalStorage<string>()

/**
 * A name as PostgreSQL is given it.
 *
 * @throws TypeError it is longer than PostgreSQL keeps, or has other characters than small letters, digits, hyphens and spaces between them
 */
export function requireName(name: string): string {
  if (name.length > maxBytes || !namePattern.test(name)) throw new TypeError(`No statement can run under the name ${JSON.stringify(name)}.`)
  return name
}

/**
 * Runs `work`, and all that follows from it, with the statements of this process named after that request.
 *
 * @param id a UUID of ours, never a text that a caller sent
 */
export function forRequest<T>(id: string, work: () => T): T {
  // Entered twice for most requests: by the hook that lets them in, and by what answers them.
  const request = `request ${id}`
  return requests.getStore() === request ? work() : requests.run(requireName(request), work)
}

/** The name of a statement that is issued now on a database of that name. */
export function nameNow(database: string): string {
  const request = requests.getStore()
  return request === undefined ? database : `${database} ${request}`
}

/** The same items, each made for the request that is served now: what sends a stream asks for the next one outside of it. */
export function forSameRequest<T>(items: AsyncGenerator<T>): AsyncIterable<T> {
  const within = AsyncLocalStorage.snapshot()
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => within(() => items.next()),
      return: () => items.return(undefined),
    }),
  }
}
