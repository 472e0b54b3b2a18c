import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { mappingNotFound, multipleMappings, secretNotFound, validationFailed } from './error-messages.ts'
import {
  fromErrorData,
  HttpError,
  isCrosswalkError,
  MultipleMappingsError,
  RetryAfter,
  StopRetrying,
  toErrorData,
  ValidationError,
} from './index.ts'

const org = { id: 'org-1', name: 'Acme' }

test('an error crosses a process as data and keeps code, class, message, details and cause', () => {
  const original = multipleMappings({ integrationName: 'halopsa', org, mappingIds: ['m1', 'm2'] })
  original.cause = new TypeError('inner', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) })
  const revived = fromErrorData(structuredClone(toErrorData(original)))
  assert.ok(revived instanceof MultipleMappingsError)
  assert.deepEqual(revived.mappingIds, ['m1', 'm2'])
  assert.equal(revived.message, original.message)
  assert.equal(revived.stack, original.stack)
  assert.ok(revived.cause instanceof Error && revived.cause.name === 'TypeError')
  assert.deepEqual(toErrorData(revived), toErrorData(original))
})

test('every steering and vendor error is its own class again', () => {
  const retry = fromErrorData(toErrorData(new RetryAfter(1_500)))
  assert.ok(retry instanceof RetryAfter && retry.delayMs === 1_500)
  assert.ok(fromErrorData(toErrorData(new StopRetrying('no'))) instanceof StopRetrying)
  assert.ok(fromErrorData(toErrorData(new ValidationError('bad', { a: ['b'] }))) instanceof ValidationError)
  const http = fromErrorData(toErrorData(new HttpError('x', { status: 503, retry_after_ms: 2_000 })))
  assert.ok(http instanceof HttpError && http.status === 503 && http.retryAfterMs === 2_000)
})

test('whatever is thrown becomes data, and a code that is not known stays a code', () => {
  assert.equal(toErrorData('plain text').message, 'plain text')
  assert.equal(toErrorData(undefined).message, 'undefined')
  const circular: Record<string, unknown> = { message: 'round' }
  circular.cause = circular
  circular.details = { self: circular }
  assert.equal(toErrorData(circular).message, 'round')
  assert.ok(isCrosswalkError(fromErrorData({ ...toErrorData(new Error('x')), code: 'external_org_taken' }), 'external_org_taken'))
})

test('an error that lost its class is recognised by its code', () => {
  assert.ok(isCrosswalkError({ code: 'mapping_not_found' }))
  assert.ok(isCrosswalkError(mappingNotFound({ integrationName: 'x', org }), 'mapping_not_found'))
  assert.ok(!isCrosswalkError(mappingNotFound({ integrationName: 'x', org }), 'forbidden'))
  assert.ok(!isCrosswalkError(Object.assign(new Error('x'), { code: 'ECONNRESET' })))
  assert.ok(!isCrosswalkError(null) && !isCrosswalkError('mapping_not_found'))
})

test('a missing secret says its key, where was looked and how to set it', () => {
  const { message } = secretNotFound({ key: 'halo_key', org })
  assert.match(message, /'halo_key'.*the organization 'Acme' and the global scope.*crosswalk secrets set halo_key/)
  assert.doesNotMatch(secretNotFound({ key: 'halo_key', org: null }).message, /organization/)
})

test('a validation error lists all messages of a field, also one with a hostile name', () => {
  const failed = z.strictObject({ a: z.string().min(3).regex(/^x/) }).safeParse(JSON.parse('{"a":"b","__proto__":1}'))
  assert.ok(failed.error)
  const { details } = validationFailed('parameters', failed.error, 'parameters')
  assert.equal(details.a?.length, 2)
})
