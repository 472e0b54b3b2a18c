/**
 * Makes a change depend on what was read, so that it does not undo what somebody else has changed since.
 *
 * @param read as the API gave it, with its `etag`; without one the change depends on nothing
 * @throws the call, with `changed_meanwhile`
 */
export function ifMatch(read: object | undefined): { headers?: Record<string, string> } {
  const etag = read && 'etag' in read ? read.etag : undefined
  return typeof etag === 'string' ? { headers: { 'If-Match': etag } } : {}
}
