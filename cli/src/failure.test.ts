import assert from 'node:assert/strict'
import { Readable, Writable } from 'node:stream'
import { test } from 'node:test'
import { ApiError } from '@crosswalk/client'
import { reportFailure } from './failure.ts'

function told(error: ApiError): string {
  let said = ''
  const output = new Writable({
    write(chunk, _encoding, done) {
      said += String(chunk)
      done()
    },
  })
  const terminal = { env: {}, cwd: '/', stdin: Readable.from([]), stdout: output, stderr: output, signal: new AbortController().signal }
  assert.equal(reportFailure(terminal, error), 1)
  return said
}

test('details that a sentence leads to stand below it', () => {
  const details = { execution_id: '0192', attempts: 2, mappings: [{ id: 1 }] }
  const error = new ApiError({ status: 409, code: 'execution_retried', message: 'It was tried again. See details.', details })
  assert.equal(told(error), 'crosswalk: It was tried again. See details. (execution_retried)\n  execution_id: 0192\n  attempts: 2\n')
})

test('what to do is told where the server knows it, and other details are left out where the sentence says all', () => {
  const details = { guidance: 'Check the secret API key.', status_code: 401 }
  const error = new ApiError({ status: 502, code: 'data_provider_failed', message: 'The vendor answered 401.', details, requestId: 'r' })
  assert.equal(told(error), 'crosswalk: The vendor answered 401. (data_provider_failed, request r)\n  Check the secret API key.\n')
  const whole = new ApiError({
    status: 409,
    code: 'discovery_failed',
    message: 'The vendor answered 401. Check the secret API key.',
    details,
  })
  assert.equal(told(whole), 'crosswalk: The vendor answered 401. Check the secret API key. (discovery_failed)\n')
})
