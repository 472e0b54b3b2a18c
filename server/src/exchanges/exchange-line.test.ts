import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCrosswalkError } from '@crosswalk/sdk'
import { answer, mockContext, simulateVendor } from '@crosswalk/sdk/testing'
import { failureOf } from './exchange-line.ts'

test('a call is listed as failed in the way that the code is told', async () => {
  await using vendor = await simulateVendor({ 'GET /:status': ({ params }) => answer(Number(params.status), {}) })
  const http = mockContext().http({ baseUrl: vendor.url, retry: { maxAttempts: 1 } })
  for (const status of [
    400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 418, 421, 422, 423, 425, 429, 451, 500, 501, 502, 503, 504, 520,
  ]) {
    const told = await http.get(`/${status}`).catch((error: unknown) => isCrosswalkError(error, 'vendor_error') && error.details.kind)
    assert.equal(failureOf({ status })?.kind, told, String(status))
  }
})

test('a call without a whole answer is listed by what went wrong', () => {
  const kindOf = (code: string | null, name = 'Error') => failureOf({ failure: { name, message: 'It failed.', code } })?.kind
  assert.deepEqual(
    ['ECONNREFUSED', 'ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_HEADERS_OVERFLOW'].map(
      (code) => kindOf(code),
    ),
    ['unavailable', 'timeout', 'timeout', 'invalid_response', 'invalid_response'],
  )
  for (const unpacking of ['Z_DATA_ERROR', 'ERR__ERROR_FORMAT_PADDING_2', 'ZSTD_error_prefix_unknown'])
    assert.equal(kindOf(unpacking), 'invalid_response')
  assert.equal(kindOf(null, 'HTTPParserError'), 'invalid_response')
  assert.equal(kindOf('UND_ERR_INVALID_ARG'), 'invalid_request')
  assert.equal(kindOf('egress_refused'), 'egress_refused')
  assert.equal(kindOf(null), 'unavailable')
})
