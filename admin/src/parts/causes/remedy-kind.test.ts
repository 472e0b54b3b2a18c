import assert from 'node:assert/strict'
import { test } from 'node:test'
import { remedyOf } from './remedy-kind.ts'

test('a failure leads to what mends it: only what is wrong with the credentials leads to the credentials', () => {
  const remedies = (code: string | undefined, failureKind: string | undefined, mappingId?: string) =>
    ['halo', undefined].map((integrationName) => remedyOf({ code, failureKind, integrationName, mappingId }))
  assert.deepEqual(remedies('mapping_not_found', undefined), ['map', undefined])
  assert.deepEqual(remedies('mapping_not_found', 'unknown_id'), ['map', undefined])
  assert.deepEqual(remedies('mapping_not_found', undefined, 'the one that was named'), ['choose-mapping', undefined])
  assert.deepEqual(remedies('multiple_mappings', undefined), ['choose-mapping', undefined])
  assert.deepEqual(remedies('secret_not_found', 'secret_missing'), ['credentials', 'secret'])
  assert.deepEqual(remedies(undefined, 'credentials'), ['credentials', undefined])
  assert.deepEqual(remedies('ECONNREFUSED', 'network'), ['address', undefined])
  for (const kind of ['unknown_id', 'timeout', 'rate_limit', 'vendor_fault', undefined])
    assert.deepEqual(remedies('some_code', kind), [undefined, undefined], kind ?? 'no kind')
})
