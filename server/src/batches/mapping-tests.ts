import type { Acting } from '../audit/audit.ts'
import { type Database, inScope, type Scope } from '../platform/database/database.ts'
import { type Batch, createBatch, getBatch } from './batches.ts'
import type { Selection } from './selection.ts'

/** What a batch of connection tests that someone asked for is called. */
const testMappings = 'test_mappings'
/** Each test has its own time limit, by its integration. */
const unusedTimeoutMs = 1

type TestsOrder = { selection: Selection; integrationName: string | undefined; scope: Scope; acting: Acting }

/** Tests the active mappings of many organizations, of one integration where it is named, and does not wait for any. */
export async function testMappingsOfMany(db: Database, { integrationName, ...order }: TestsOrder): Promise<Batch> {
  const parameters = integrationName === undefined ? {} : { integration_name: integrationName }
  const { id } = await inScope(db, order.scope, (transaction) =>
    createBatch(transaction, { ...order, kind: 'connection_test', name: testMappings, parameters, timeoutMs: unusedTimeoutMs }),
  )
  return getBatch(db, order.scope, id)
}
