import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configValue } from './config-value.ts'

test('text that is JSON of the type that the code expects is taken as that', () => {
  assert.equal(configValue('include', 'true', false), true)
  assert.equal(configValue('include', ' false ', true), false)
  assert.equal(configValue('status', '12', 9), 12)
  assert.deepEqual(configValue('template', '{ "groups": ["Company"] }', {}), { groups: ['Company'] })
  assert.deepEqual(configValue('hosts', '["a"]', []), ['a'])
  assert.equal(configValue('name', 'true', 'text'), 'true', 'text stays text')
  assert.equal(configValue('free', '12', undefined), '12')
})

test('what is of another type is refused, with the command that takes it', () => {
  const refused = (stored: string | number, fallback: boolean | number | string | object) => () =>
    configValue('key', stored, fallback as boolean)
  assert.throws(
    refused('yes', false),
    /'key' is text and this code expects true or false\. Change it with: crosswalk config set key --value-json true/,
  )
  assert.throws(refused('0012', 9), /crosswalk config set key --value-json 12/)
  assert.throws(refused('[]', {}), /crosswalk config set key --value-json '\{ … \}'/)
  assert.throws(refused(1, false), /is a number and this code expects true or false/)
  assert.throws(refused(1, 'text'), /this code expects text\. Change it with: crosswalk config set key$/)
})
