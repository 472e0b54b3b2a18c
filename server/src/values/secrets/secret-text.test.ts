import assert from 'node:assert/strict'
import { test } from 'node:test'
import { format, inspect } from 'node:util'
import { SecretText } from './secret-text.ts'

test('however a secret is printed, its value does not show', () => {
  const secret = new SecretText('hunter2')
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ deep: [secret] }, { showHidden: true, depth: 9 }),
    format('%s %o %j', secret, secret, secret),
    JSON.stringify(structuredClone({ ...secret })),
    new Error(`no ${secret}`).stack ?? '',
  ]
  for (const text of printed) assert.doesNotMatch(text, /hunter2/)
  for (const text of printed.slice(0, 5)) assert.match(text, /\[secret\]/)
  assert.equal(secret.reveal(), 'hunter2')
})
