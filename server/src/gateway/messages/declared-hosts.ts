import type { PublishedDefinition } from '../../protocol/channel.ts'

/** The hosts that integrations declare, by the integration's name. Those that declare none are not in it. */
export type DeclaredHosts = Record<string, string[]>

/** An integration with its hosts, where a request is held to them. */
export type Declaring = { integration: string; hosts: readonly string[] }

export function declaredHosts(definitions: readonly PublishedDefinition[]): DeclaredHosts {
  return Object.fromEntries(
    definitions.flatMap((definition) =>
      definition.kind === 'integration' && definition.hosts ? [[definition.name, hostsOf(definition.hosts)] as const] : [],
    ),
  )
}

/** A runner that author code has taken over may say anything here. What is no list of hosts allows none. */
function hostsOf(declared: unknown): string[] {
  return Array.isArray(declared) && declared.every((host) => typeof host === 'string') ? declared : []
}
