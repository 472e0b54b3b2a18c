import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { appCodeOf, givenPeople, goodPassword, tokenOf } from '../../testing/given-people.ts'
import { until } from '../../testing/until.ts'
import { mailThrough, mustEncryptMail } from './mail.ts'

/** A mail server that keeps what it is sent; one that refuses takes no recipient. */
async function givenMailServer(refuses = false) {
  const mails: string[] = []
  const server = createServer((socket) => {
    let text: string | undefined
    socket.on('error', () => {})
    socket.write('220 ready\r\n')
    socket.on('data', (chunk: Buffer) => {
      if (text !== undefined) {
        text += chunk.toString()
        if (!text.endsWith('\r\n.\r\n')) return
        mails.push(text)
        text = undefined
        socket.write('250 kept\r\n')
        return
      }
      const command = chunk.toString().slice(0, 4).toUpperCase()
      if (command === 'DATA') text = ''
      const refused = refuses && command === 'RCPT'
      socket.write(refused ? '550 no such mailbox: the link was here\r\n' : command === 'DATA' ? '354 go ahead\r\n' : '250 ok\r\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** The link in a mail, whose lines may be folded. */
const tokenIn = (mail: string) => tokenOf(/https?:\S+/.exec(mail.replaceAll('=\r\n', '').replaceAll('=3D', '='))?.[0] ?? 'http://none')

test('a mail server on another machine gets mails over TLS alone, unless told otherwise', async () => {
  assert.equal(mustEncryptMail('smtp://mail.example.com:587', false), true)
  assert.equal(mustEncryptMail('smtp://mail.example.com:587', true), false)
  for (const here of ['smtp://localhost', 'smtp://127.0.0.1:25', 'smtp://[::1]:25']) assert.equal(mustEncryptMail(here, false), false)
  // What the rule comes to: a server without TLS is sent nothing.
  await using server = await givenMailServer()
  const sending = mailThrough(`${server.url}/?requireTLS=true`, 'crosswalk@msp.example')
  await assert.rejects(sending({ to: 'ann@msp.example', subject: 'Link', text: 'secret' }))
  assert.deepEqual(server.mails, [])
})

test('where a mail server is set, invitations are mailed, and a forgotten password is mended without an administrator', async () => {
  await using server = await givenMailServer()
  await using given = await givenPeople({ sendMail: mailThrough(server.url, 'Crosswalk <crosswalk@msp.example>') })
  const { body } = await given.asKey.call('POST', '/people', { name: 'Ann', email: 'ann@msp.example', grants: [] })
  assert.deepEqual([body.link.is_mailed, body.link.mail_problem], [true, null])
  assert.match(server.mails[0] ?? '', /From: Crosswalk <crosswalk@msp.example>[\s\S]*To: ann@msp.example/)
  const browser = given.browser()
  assert.equal(
    (await browser.call('POST', '/session/links/take', { token: tokenIn(server.mails[0] ?? ''), password: goodPassword })).status,
    201,
  )

  const { body: made } = await given.asKey.call('POST', `/people/${body.person.id}/reset`)
  assert.equal((await browser.call('POST', '/session/forgotten', { email: 'nobody@msp.example' })).status, 204)
  assert.equal((await browser.call('POST', '/session/forgotten', { email: 'ANN@msp.example' })).status, 204)
  await until('the link is mailed', async () => server.mails.length === 3)
  assert.equal((await browser.call('POST', '/session/links/look', { token: tokenOf(made.url) })).status, 200, 'an administrator’s stays')
  const token = tokenIn(server.mails[2] ?? '')
  assert.equal((await browser.call('POST', '/session/links/take', { token, password: 'quite another llama' })).status, 201)

  // A second factor outlives a password that was forgotten: the link alone signs nobody in.
  const { body: begun } = await browser.call('POST', '/profile/second-factor', { current_password: 'quite another llama' })
  await browser.call('POST', '/profile/second-factor/confirm', { code: await appCodeOf(begun.uri) })
  await browser.call('POST', '/session/forgotten', { email: 'ann@msp.example' })
  await until('the next link is mailed', async () => server.mails.length === 4)
  const factored = given.browser()
  const kept = { token: tokenIn(server.mails[3] ?? ''), password: goodPassword }
  assert.equal((await factored.call('POST', '/session/links/take', kept)).status, 204)
  assert.equal((await factored.call('GET', '/session')).status, 401)

  // Who asks for somebody else cannot have the link lead to a machine of their own: any address is answered.
  for (const host of ['203.0.113.66', '127.0.0.1:7071']) {
    const elsewhere = { host, origin: `http://${host}`, ...(host.startsWith('127.') ? { 'x-forwarded-for': '203.0.113.66' } : {}) }
    assert.equal((await browser.call('POST', '/session/forgotten', { email: 'ann@msp.example' }, elsewhere)).status, 204)
    assert.equal((await browser.call('GET', '/session/ways', undefined, elsewhere)).body.forgotten_password, false)
  }
  assert.equal((await browser.call('GET', '/session/ways')).body.forgotten_password, true)
  const { body: links } = await given.asKey.call('GET', '/audit?action=person.reset_offered')
  assert.equal(links.count, 3)
})

test('a mail server that refuses is told of, and the link can be copied', async () => {
  await using server = await givenMailServer(true)
  await using given = await givenPeople({ sendMail: mailThrough(server.url, 'crosswalk@msp.example') })
  const { status, body } = await given.asKey.call('POST', '/people', { name: 'Bea', email: 'bea@msp.example', grants: [] })
  assert.deepEqual([status, body.link.is_mailed], [201, false])
  assert.match(body.link.mail_problem, /did not take the mail \(EENVELOPE\)/)
  assert.ok(tokenOf(body.link.url).length > 20)
})
