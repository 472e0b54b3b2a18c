/**
 * A page of external organizations in one piece: a JSON list of `[id, name, metadata]`. As a text in its message it is copied and
 * compared by nobody on the way, where ten thousand small objects would be by each.
 *
 * @param organizations with their metadata as JSON text
 */
export function writtenPage(organizations: readonly { id: string; name: string; metadata: string }[]): string {
  return `[${organizations.map(({ id, name, metadata }) => `[${JSON.stringify(id)},${JSON.stringify(name)},${metadata}]`).join(',')}]`
}
