import type { Acting } from '../audit/audit.ts'
import type { MappingFilter } from '../mapping-lists/mapping-filter.ts'
import { connectionTest } from '../mappings/tests/connection-test-kind.ts'
import { type Database, inScope, type Scope } from '../platform/database/database.ts'
import { type Batch, createBatch, getBatch } from './batches.ts'
import type { Selection } from './selection.ts'
import { parametersOfTests } from './tested-mappings.ts'

/** What a batch of connection tests that someone asked for is called. */
const testMappings = 'test_mappings'
/** Each test has its own time limit, by its integration. */
export const unusedTimeoutMs = 1

type TestsOrder = { selection: Selection; filter: MappingFilter; scope: Scope; acting: Acting }

/** Tests those active mappings of many organizations that a filter matches, and does not wait for any. */
export async function testMappingsOfMany(db: Database, { filter, ...order }: TestsOrder): Promise<Batch> {
  const { id } = await inScope(db, order.scope, (transaction) =>
    createBatch(transaction, {
      ...order,
      kind: connectionTest,
      name: testMappings,
      parameters: parametersOfTests(filter),
      timeoutMs: unusedTimeoutMs,
    }),
  )
  return getBatch(db, order.scope, id)
}
