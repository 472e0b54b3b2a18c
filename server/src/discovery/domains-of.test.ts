import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainsOf, tellingDomain } from './domains-of.ts'

test('domains are found in metadata as domains, addresses of mail and of the web, alone, in lists and in depth', () => {
  assert.deepEqual(
    domainsOf({
      domain: 'Acme.example.',
      email: 'Jo.Smith@mail.acme.example',
      website: 'https://www.acme-shop.example:8443/path?q=1',
      more: ['a.example; b@b.example', { deep: { er: 'c.example/path' } }],
      again: 'acme.example',
    }),
    ['acme.example', 'mail.acme.example', 'acme-shop.example', 'a.example', 'b.example', 'c.example'],
  )
})

test('free mail, IP addresses, numbers, sentences and single words tell nothing', () => {
  assert.deepEqual(
    domainsOf({
      email: 'acme@gmail.com',
      other: 'x@HotMail.co.uk',
      ip: '10.0.0.1',
      version: '1.2.3',
      note: 'Formerly a part of globex.example',
      host: 'localhost',
      tier: 'premium',
      count: 5,
      nothing: null,
      long: `${'x.'.repeat(200)}example`,
    }),
    [],
  )
  assert.equal(tellingDomain('outlook.com'), undefined)
  assert.equal(tellingDomain('WWW.Acme.example'), 'acme.example')
})
