import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curlText } from './curl-text.ts'

test('a call is copied as a command that no shell takes for more', () => {
  const url = "https://api.vendor.example/it's/$HOME"
  assert.equal(curlText({ method: 'GET', url, request_body: null }), `curl 'https://api.vendor.example/it'\\''s/$HOME'`)
  assert.equal(
    curlText({ method: 'POST', url: 'https://api.vendor.example/x', request_body: '{"a":1}' }),
    `curl --request POST 'https://api.vendor.example/x' --data-raw '{"a":1}'`,
  )
})
