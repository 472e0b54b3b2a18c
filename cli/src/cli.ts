import type { CallOptions, Connection } from '@crosswalk/client'
import { findConnection } from './local/connection.ts'
import type { Terminal } from './output/terminal.ts'

/** What every command gets. */
export type Cli = {
  terminal: Terminal
  /** The options of a call to the server, for an organization where it acts for one. Looks for the server at the first call. */
  call(organizationId?: string): Promise<CallOptions>
}

export function makeCli(terminal: Terminal): Cli {
  let connection: Promise<Connection> | undefined
  return {
    terminal,
    async call(organizationId) {
      connection ??= findConnection(terminal)
      return {
        connection: await connection,
        signal: terminal.signal,
        ...(organizationId === undefined ? {} : { headers: { 'x-organization-id': organizationId } }),
      }
    },
  }
}
