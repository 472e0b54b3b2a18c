import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { test } from 'node:test'
import tls, { createServer as createSecureServer } from 'node:tls'
import { pino } from 'pino'
import { testCertificate } from '../../../testing/certificates.ts'
import { givenApi, principalFor } from '../../../testing/given-definitions.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import type { OwnRequest } from '../../gateway/messages/own-request.ts'
import { findOrganizationNames, updateOrganization } from '../../organizations/organizations.ts'
import { inScope, sql } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import { systemActing } from '../audit.ts'
import { linkAuditEvents } from '../audit-chain.ts'
import { sendAuditEvents } from './sending.ts'
import { type SentEvent, type Sink, SinkFailure } from './sink.ts'
import { insertSink } from './sinks.queries.ts'
import { openSyslog } from './syslog.ts'
import { syslogMessage } from './syslog-message.ts'
import { openWebhook, signatureOf } from './webhook.ts'

const logger = pino({ level: 'silent' })
const event: SentEvent = {
  ...{ sequence: 7, hash: 'ab', id: newId(), at: '2026-01-02T03:04:05.678Z', action: 'secret.set', summary: 'Secret set' },
  actor: { type: 'person', id: 'p', name: 'Zoë\nZ' },
  ...{ org_id: null, org_name: null, target: { type: 'secret', id: 'k' }, changes: {}, request_id: null, address: null },
}

async function givenSink() {
  const api = await givenApi()
  const acme = await givenOrganization(api.db, 'Acme')
  await linkAuditEvents(api.db)
  await insertSink(api.db, 'webhook')
  const got: number[][] = []
  let failure: Error | undefined
  const sink: Sink = {
    name: 'webhook',
    place: 'here',
    async send(events) {
      if (failure) throw failure
      got.push(events.map(({ sequence }) => sequence))
    },
  }
  const given = {
    db: api.db,
    logger,
    sinks: [sink],
    findOrganizationNames: (...[scope, ids]: Parameters<Parameters<typeof sendAuditEvents>[0]['findOrganizationNames']>) =>
      findOrganizationNames(api.db, scope, ids),
  }
  const act = async (name: string) => {
    await updateOrganization(api.db, systemActing, acme.id, { name })
    await linkAuditEvents(api.db)
  }
  return {
    ...{ api, got, act },
    send: (sender = 'aaaaaaaa-0000-7000-8000-000000000000', one = sink) => sendAuditEvents(given, one, sender),
    fail: (error: Error | undefined) => {
      failure = error
    },
    run: (statement: ReturnType<typeof sql>) => inScope(api.db, 'allOrganizations', (transaction) => transaction.query(statement)),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}

test('events are sent from where the sink was set, each once, in the order of the chain', async () => {
  await using it = await givenSink()
  assert.equal(await it.send(), 0)
  for (const name of ['One', 'Two']) await it.act(name)
  assert.equal(await it.send(), 2)
  await it.act('Three')
  assert.equal(await it.send(), 1)
  assert.equal(await it.send(), 0)
  assert.deepEqual(it.got, [[2, 3], [4]])
})

test('what fails waits and is sent later, nothing is left out, and administrators see why', async () => {
  await using it = await givenSink()
  await it.act('One')
  it.fail(new SinkFailure('siem.example answered with 503.', { retryAfterMs: 60_000 }))
  assert.equal(await it.send(), 0)
  const { sinks } = (await it.api.send('GET', '/audit/sinks')).body
  assert.deepEqual([sinks[0].behind, sinks[0].failures, sinks[0].last_error], [1, 1, 'siem.example answered with 503.'])
  it.fail(undefined)
  await it.act('Two')
  assert.equal(await it.send(), 0, 'it asked to wait')
  await it.run(sql`update audit_sinks set next_attempt_at = now()`)
  assert.equal(await it.send(), 2)
  assert.deepEqual(it.got, [[2, 3]])
  // Last: what is refused is an event, too.
  assert.equal((await it.api.as(principalFor([], 'canViewHistory'))('GET', '/audit/sinks')).status, 403)
})

test('what is too large for the other side at once is sent in parts, and in the end without its changes', async () => {
  await using it = await givenSink()
  for (const name of ['One', 'Two', 'x'.repeat(200), 'Four']) await it.act(name)
  const got: SentEvent[] = []
  const small: Sink = {
    name: 'webhook',
    place: 'here',
    async send(events) {
      const isTooLarge = events.length > 1 || JSON.stringify(events[0]?.changes).length > 200
      if (isTooLarge) throw new SinkFailure('siem.example answered with 413.', { isTooLarge })
      got.push(...events)
    },
  }
  assert.equal(await it.send(undefined, small), 4)
  assert.deepEqual(
    got.map(({ sequence, changes_left_out: isLess = false, changes }) => [sequence, isLess, Object.keys(changes)]),
    [
      [2, false, ['name']],
      [3, false, ['name']],
      [4, true, []],
      [5, true, []],
    ],
  )
})

test('one process sends, and another when that one is gone: what it had not noted is sent again', async () => {
  await using it = await givenSink()
  const other = 'bbbbbbbb-0000-7000-8000-000000000000'
  await it.act('One')
  let died: () => void = () => {}
  const dying = it.send(undefined, { name: 'webhook', place: 'x', send: () => new Promise<void>((resolve) => (died = resolve)) })
  const taken = sql`select from audit_sinks where sender is not null`
  while ((await it.run(taken)).length === 0);
  assert.equal(await it.send(other), 0)
  await it.run(sql`update audit_sinks set sending_until = now() - interval '1 second'`)
  assert.equal(await it.send(other), 1)
  died()
  assert.equal(await dying, 0)
  assert.deepEqual(it.got, [[2]])
})

test('a message of syslog is one line of ASCII with its priority, and its event as JSON', () => {
  const message = syslogMessage(event, 'host one')
  const [, head = '', json = ''] = /^(.*?) (\{.*)$/.exec(message) ?? []
  assert.equal(head, '<109>1 2026-01-02T03:04:05.678Z host_one crosswalk - secret.set -')
  assert.match(message, /^[\x20-\x7e]*$/)
  assert.deepEqual(JSON.parse(json), event)
  assert.match(syslogMessage({ ...event, action: 'session.refused' }, 'h'), /^<108>1 /)
  const long = syslogMessage({ ...event, changes: { name: { before: 'x'.repeat(9_000), after: null } } }, 'h', 8_192)
  assert.match(long, /"changes_left_out":true/)
})

async function receive(server: Server, protocol: string) {
  let text = ''
  server.on(protocol === 'tls' ? 'secureConnection' : 'connection', (socket) => socket.on('data', (chunk: Buffer) => (text += chunk)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { address: `${protocol}://localhost:${(server.address() as AddressInfo).port}`, text: () => text }
}

test('syslog is sent over TCP and TLS with the length before each message, and over UDP', async () => {
  tls.setDefaultCACertificates([...tls.getCACertificates(), testCertificate.cert])
  const framed = /^(\d+) (<109>1 .*?\})(\d+) (<109>1 .*\})$/
  for (const [protocol, server] of [
    ['tcp', createServer()],
    ['tls', createSecureServer({ key: testCertificate.key, cert: testCertificate.cert })],
  ] as const) {
    const receiver = await receive(server, protocol)
    await openSyslog(receiver.address).send([event, event])
    const [, length, first] = framed.exec(receiver.text()) ?? []
    assert.equal(Number(length), first?.length, receiver.text())
    server.close()
    await once(server, 'close')
    await assert.rejects(openSyslog(receiver.address).send([event]), SinkFailure)
  }
  const datagrams = createSocket('udp4').bind(0, '127.0.0.1')
  await once(datagrams, 'listening')
  const arrived = once(datagrams, 'message')
  await openSyslog(`udp://127.0.0.1:${datagrams.address().port}`).send([event])
  assert.match(String((await arrived)[0]), /^<109>1 /)
  datagrams.close()
})

test('a webhook is signed, has the same id when it is sent again, and waits as long as the answer says', async () => {
  const asked: OwnRequest[] = []
  let status = 200
  const sink = openWebhook({
    url: 'https://siem.example/crosswalk?token=t',
    secret: 'a secret of the test that is long',
    async fetchOutside(request) {
      asked.push(request)
      return { status, headers: { 'retry-after': '7' }, body: '' }
    },
    now: () => new Date(1_700_000_000_000),
  })
  await sink.send([event])
  status = 503
  await assert.rejects(
    sink.send([event]),
    (error) => error instanceof SinkFailure && error.retryAfterMs === 7_000 && !/token/.test(error.message),
  )
  status = 413
  await assert.rejects(sink.send([event]), (error) => error instanceof SinkFailure && error.isTooLarge)
  const [first, second] = asked
  assert.ok(first?.body)
  assert.deepEqual([first.headers['webhook-id'], second?.headers['webhook-id']], ['audit-7-7', 'audit-7-7'])
  assert.equal(first.headers['webhook-signature'], signatureOf('a secret of the test that is long', 'audit-7-7', '1700000000', first.body))
})
