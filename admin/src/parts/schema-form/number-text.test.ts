import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatNumber, parseNumber } from './number-text.ts'

test('a number is read as it is written where the person lives', () => {
  for (const [text, locale, value] of [
    ['1.5', 'en-GB', 1.5],
    ['1,5', 'de-AT', 1.5],
    ['1.5', 'de-AT', 1.5],
    ['1.500', 'de-AT', 1_500],
    ['12,000', 'en-US', 12_000],
    ['1,234,567.5', 'en-US', 1_234_567.5],
    ['12 000,5', 'fr-FR', 12_000.5],
    ['-3', 'en-GB', -3],
    ['1e3', 'en-GB', 1_000],
  ] as const)
    assert.equal(parseNumber(text, locale), value, `${text} in ${locale}`)
  assert.equal(formatNumber(1.5, 'de-AT'), '1,5')
})

test('what is no number is none', () => {
  for (const text of ['five', '1,5,5', '1.2.3', '', '-', '1e999', '0x10', 'NaN']) assert.equal(parseNumber(text, 'en-GB'), undefined, text)
})
