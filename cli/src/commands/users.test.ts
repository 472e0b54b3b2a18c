import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { pointingTo } from '../testing/given.ts'
import { startStubServer } from '../testing/stub-server.ts'

const bo = {
  id: '0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e11',
  email: 'bo@example.com',
  name: 'Bo',
  state: 'active',
  grants: [{ role: 'technician', reach: { tags: ['gold'] } }],
  signs_in_with: ['password'],
  has_second_factor: true,
  last_signed_in_at: null,
  created_at: '2025-10-11T10:00:00Z',
}
const link = {
  kind: 'invitation',
  url: 'http://localhost/welcome#token=t',
  expires_at: '2025-10-18T10:00:00Z',
  is_mailed: false,
  mail_problem: null,
}
const page = { people: [bo], count: 1, total: 1, next_cursor: null }

test('a person is invited with a role and reach, and the link is printed alone', async () => {
  await using server = await startStubServer()
  server.on('POST /api/people', { status: 201, body: { person: bo, link } })
  const invited = await callCli(
    ['users', 'invite', 'bo@example.com', '--name', 'Bo', '--role', 'technician', '--tag', 'gold'],
    pointingTo(server),
  )
  assert.deepEqual([invited.code, invited.out], [0, `${link.url}\n`])
  assert.match(invited.err, /The invitation of Bo works once/)
  const admin = await callCli(['users', 'create-admin', 'ada@example.com', '--name', 'Ada'], pointingTo(server))
  assert.equal(admin.out, `${link.url}\n`)
})

test('people are listed, and found by their addresses for what is done to them', async () => {
  await using server = await startStubServer()
  server.on('GET /api/people', { body: page })
  server.on(`POST /api/people/${bo.id}/deactivate`, { body: { ...bo, state: 'deactivated' } })
  server.on(`POST /api/people/${bo.id}/reset`, { status: 201, body: { ...link, kind: 'reset' } })
  server.on(`DELETE /api/people/${bo.id}`, { status: 204 })
  assert.match((await callCli(['users', 'list'], pointingTo(server))).out, /Bo +bo@example.com +active +technician for the tag gold +yes/)
  assert.equal((await callCli(['users', 'deactivate', 'BO@example.com'], pointingTo(server))).err, 'Deactivated BO@example.com.\n')
  assert.match(
    (await callCli(['users', 'link', 'bo@example.com'], pointingTo(server))).err,
    /The link for a new password of bo@example.com/,
  )
  assert.equal((await callCli(['users', 'remove', bo.id], pointingTo(server))).err, `Removed ${bo.id}.\n`)
  const unknown = await callCli(['users', 'remove', 'x@example.com'], pointingTo(server))
  assert.deepEqual([unknown.code, /Nobody here has the e-mail address/.test(unknown.err)], [1, true])
})
