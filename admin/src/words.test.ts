import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

/** Everything of the interface that may hold words for people. */
const lines = globSync('**/*.{ts,tsx}', { cwd: import.meta.dirname })
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) =>
    readFileSync(`${import.meta.dirname}/${file}`, 'utf8')
      .split('\n')
      .map((text, index) => ({ at: `${file}:${index + 1}`, text })),
  )
  // Comments are for those who read the code.
  .filter(({ text }) => !/^\s*(\/\/|\/?\*)/.test(text))

const foundBy = (pattern: RegExp) => lines.filter(({ text }) => pattern.test(text)).map(({ at, text }) => `${at} ${text.trim()}`)

test('what people read is in plain words', () => {
  const privateWords =
    /whatever ran|all of them<|asked for'|to what'|could not be asked|told to stop|wrote no log|they count for|caught up with|say first|spells it|only sure|\bis asked\b|\bshall\b|\banew\b(?! each)|recorded acts/i
  assert.deepEqual(foundBy(privateWords), [])
})

/** Names, and what the quickstart calls its buttons: these keep their capitals. */
const names =
  /Crosswalk|Add Integration Mapping|Discover Organizations|Test Connection|Integration Mapping Enabled|Microsoft 365|Azure Key Vault|Segoe UI|Helvetica Neue|Ctrl K|Liberation Mono|SFMono/

test('titles, labels and buttons are in sentence case, but for what the quickstart names', () => {
  const capitals = /(['"`>]|^\s+)[A-Z][a-z]+ (?:(?:a|an|the|of) )?[A-Z][a-z]+( [A-Za-z]+)*(['"`<]|$)/
  assert.deepEqual(
    foundBy(capitals).filter((line) => !names.test(line)),
    [],
  )
})
