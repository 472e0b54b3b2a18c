import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type Exchange, ExchangeMeter } from './exchanges.ts'

type Answer = { status?: number; type?: string; encoding?: string; body: string | Buffer; asksForJson?: boolean }

/** What is recorded of the body of an answer. */
function recorded({ status = 200, type = 'application/json', encoding, body, asksForJson = true }: Answer): string | undefined {
  const told: Exchange[] = []
  const named = { exchange: 'one', runner: 'runner-1', method: 'GET', path: '/', attempt: 1, stepKey: null }
  const meter = new ExchangeMeter(named, true, asksForJson, (exchange) => told.push(exchange))
  meter.answered(status, { 'content-type': type, ...(encoding === undefined ? {} : { 'content-encoding': encoding }) })
  meter.received(Buffer.from(body))
  meter.end()
  return told[0]?.bodies?.response
}

test('a body that came packed is recorded as the text that it is', () => {
  const text = '{"error":"no subject"}'
  const packed = { gzip: gzipSync(text), deflate: deflateSync(text), br: brotliCompressSync(text), zstd: zstdCompressSync(text) }
  for (const [encoding, body] of Object.entries(packed)) assert.equal(recorded({ status: 422, encoding, body }), text, encoding)
  assert.equal(recorded({ status: 422, encoding: 'compress', body: text }), '[packed: compress]')
  assert.equal(recorded({ status: 422, encoding: 'gzip', body: 'not packed' }), '[packed: gzip]')
})

test('of a long body the beginning is recorded, packed or not, and one that grows without measure is not unpacked', () => {
  const lines = Array.from({ length: 9_000 }, (_, line) => `line ${line} ${crypto.randomUUID()}`).join('\n')
  assert.equal(recorded({ status: 500, type: 'text/plain', body: lines }), `${lines.slice(0, 8_192)}…`)
  for (const [encoding, body] of Object.entries({ gzip: gzipSync(lines), br: brotliCompressSync(lines) }))
    assert.equal(recorded({ status: 500, encoding, body }), `${lines.slice(0, 8_192)}…`, encoding)
  assert.equal(recorded({ status: 500, encoding: 'zstd', body: zstdCompressSync(lines) }), '[packed: zstd]…', 'its block is not whole')
  assert.equal(recorded({ status: 500, encoding: 'gzip', body: gzipSync('0'.repeat(4_000_000)) }), '[packed: gzip]')
})

test('what is no JSON where JSON was asked for is recorded, whatever its status', () => {
  assert.equal(recorded({ type: 'text/html; charset=utf-8', body: '<title>Sign in</title>' }), '<title>Sign in</title>')
  assert.equal(recorded({ body: '{"items":[' }), '{"items":[')
  assert.equal(recorded({ encoding: 'gzip', body: gzipSync('{"items":[') }), '{"items":[')
  for (const fine of ['{"items":[]}', '\ufeff[]', '']) assert.equal(recorded({ body: fine }), undefined)
  assert.equal(recorded({ encoding: 'gzip', body: gzipSync('[]') }), undefined)
  assert.equal(recorded({ body: JSON.stringify('x'.repeat(20_000)) }), undefined, 'nobody knows of one that was cut')
  assert.equal(recorded({ type: 'text/html', body: '<p>Report</p>', asksForJson: false }), undefined)
})
