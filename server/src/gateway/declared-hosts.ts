import type { PublishedDefinition } from '../protocol/channel.ts'

/** The hosts that integrations declare, by the integration's name. Those that declare none are not in it. */
export type DeclaredHosts = Record<string, string[]>

export function declaredHosts(definitions: readonly PublishedDefinition[]): DeclaredHosts {
  return Object.fromEntries(
    definitions.flatMap((definition) =>
      definition.kind === 'integration' && definition.hosts ? [[definition.name, definition.hosts] as const] : [],
    ),
  )
}
