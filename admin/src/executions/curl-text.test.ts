import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curlText } from './curl-text.ts'

test('a call is copied as a command that no shell takes for more', () => {
  const url = "https://api.vendor.example/it's/$HOME"
  assert.equal(curlText({ method: 'GET', url, request_body: null }), `curl 'https://api.vendor.example/it'\\''s/$HOME'`)
  assert.equal(
    curlText({ method: 'PUT', url: 'https://api.vendor.example/x', request_body: 'a=1' }),
    `curl --request PUT 'https://api.vendor.example/x' --data-raw 'a=1'`,
  )
})

test('a body of JSON is sent as JSON', () => {
  assert.equal(
    curlText({ method: 'POST', url: 'https://api.vendor.example/x', request_body: '{"a":1}' }),
    `curl --request POST 'https://api.vendor.example/x' --header 'Content-Type: application/json' --data-raw '{"a":1}'`,
  )
})

test('curl takes no part of an address for a range', () => {
  assert.equal(
    curlText({ method: 'GET', url: 'https://api.vendor.example/keys/[secret]', request_body: null }),
    `curl --globoff 'https://api.vendor.example/keys/[secret]'`,
  )
})

test('a HEAD waits for no body', () => {
  assert.equal(
    curlText({ method: 'HEAD', url: 'https://api.vendor.example/x', request_body: null }),
    `curl --head 'https://api.vendor.example/x'`,
  )
})
