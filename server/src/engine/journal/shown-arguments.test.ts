import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Mask } from '@crosswalk/sdk/masking'
import { shownArguments } from './shown-arguments.ts'

test('what a client was called with is shown without secrets, whether they were read or only bear such a name', () => {
  const mask = new Mask()
  mask.add('hidden-token-value')
  const args = [{ name: 'Ada', note: 'uses hidden-token-value', newPassword: 'p', login: [{ api_key: 'k', 'x-apiKey': 'k' }] }, 7]
  assert.deepEqual(JSON.parse(shownArguments(mask, args) ?? ''), [
    { name: 'Ada', note: 'uses [secret]', newPassword: '[secret]', login: [{ api_key: '[secret]', 'x-apiKey': '[secret]' }] },
    7,
  ])
})

test('long ones are cut where no character is cut in two, and none is nothing', () => {
  const text = shownArguments(new Mask(), ['😀'.repeat(5_000)]) ?? ''
  assert.ok(text.length <= 4_096 && text.endsWith('…') && text.isWellFormed())
  assert.equal(shownArguments(new Mask(), undefined), null)
  assert.equal(shownArguments(new Mask(), ['nul \0']), '["nul \ufffd"]'.replace('\ufffd', '\\ufffd'))
})
