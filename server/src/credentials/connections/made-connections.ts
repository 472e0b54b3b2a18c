import type { Database, Scope } from '../../platform/database/database.ts'
import { listMadeConnections } from './connections.queries.ts'

/** Whether a person has made a connection, by its integration and name. */
export type MadeConnections = (integrationName: string, name: string) => boolean

/**
 * Which connections of these integrations people have made: those that are one for all, and those of the organizations within the scope. It is
 * enough that one of them has one.
 */
export async function findMadeConnections(db: Database, integrationNames: readonly string[], scope: Scope): Promise<MadeConnections> {
  if (integrationNames.length === 0) return () => false
  const made = await listMadeConnections(db, integrationNames, scope)
  return (integrationName, name) => made.some((one) => one.integration_name === integrationName && one.name === name)
}
