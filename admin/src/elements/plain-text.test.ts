import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasText } from './plain-text.ts'

test('what people type without accents, and in any case, is found', () => {
  for (const [text, wanted] of [
    ['Hauptstraße 1', 'STRASSE'],
    ['HAUPTSTRASSE', 'straße'],
    ['Zoë'.normalize('NFD'), 'zoe'],
    ['Zoe', 'Zoë'],
    ['Müller & Søn', 'muller & son'],
    ['Łódź', ' lodz '],
    ['Œuvre', 'oeuvre'],
  ] as const)
    assert.ok(hasText(text, wanted), `${text} ${wanted}`)
  assert.ok(!hasText('Zoo', 'zoë'))
})
