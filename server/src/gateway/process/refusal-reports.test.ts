import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Refused } from '../messages/messages.ts'
import { refuseWithoutPass } from '../messages/refusals.ts'
import { RefusalReports } from './refusal-reports.ts'

function given() {
  const told: Refused[] = []
  const reports = new RefusalReports((refused) => told.push(refused))
  const refuse = (organizationId: string, host: string, executionId = 'e') =>
    reports.add(`runner of ${organizationId}`, refuseWithoutPass(host, 443), {
      ...{ runner: `runner of ${organizationId}`, executionId, organizationId, name: 'w', integration: null },
    })
  return { told, reports, refuse }
}

test('an organization that is refused very often silences no other, and what is not told singly is told in one', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { told, refuse } = given()
  for (let index = 0; index < 500; index++) refuse('acme', `h${index % 250}.example`)
  assert.equal(told.length, 20)
  refuse('globex', 'own.example')
  assert.partialDeepStrictEqual(told.at(-1), { organizationId: 'globex', host: 'own.example', times: 1 })
  t.mock.timers.tick(60_000)
  assert.equal(told.length, 22)
  assert.partialDeepStrictEqual(told.at(-1), { organizationId: 'acme', executionId: null, host: '250 hosts', times: 480 })
  assert.match(told.at(-1)?.message ?? '', /^480 more refusals of 250 hosts, such as /)
  refuse('acme', 'later.example')
  assert.partialDeepStrictEqual(told.at(-1), { host: 'later.example', times: 1 })
})

test('the same refusal is told once, and its repetitions when the minute or the runner ends', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { told, reports, refuse } = given()
  for (let count = 0; count < 8; count++) refuse('acme', 'one.example')
  assert.deepEqual(
    told.map(({ times }) => times),
    [1],
  )
  reports.end('runner of globex')
  reports.end('runner of acme')
  reports.end('runner of acme')
  t.mock.timers.tick(60_000)
  assert.deepEqual(
    told.map(({ host, times, executionId }) => [host, times, executionId]),
    [
      ['one.example', 1, 'e'],
      ['one.example', 7, 'e'],
    ],
  )
})
