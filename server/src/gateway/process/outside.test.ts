import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { startOutsideWorld } from '../../../testing/outside-world.ts'
import { parseEgressRule } from '../../platform/egress-rules.ts'
import { passReader, signPass } from '../messages/passes.ts'
import { notPublic } from './addresses.ts'
import { type Address, type Caller, connectOutside } from './outside.ts'

const anyone: Caller = { hasPass: true, owner: 'acme', declared: null, namesOf: () => [] }

test('a name is looked up once, and what it leads to later is judged again', async () => {
  await using world = await startOutsideWorld('127.0.0.5')
  await using inner = await startOutsideWorld('127.0.0.6')
  // As a name that its owner lets lead inside after it was checked.
  const answers: Address[][] = [
    [{ address: '127.0.0.5', family: 4 }],
    [{ address: '127.0.0.6', family: 4 }],
    [
      { address: '127.0.0.6', family: 4 },
      { address: '127.0.0.5', family: 4 },
    ],
  ]
  let lookups = 0
  const rules = {
    allow: [parseEgressRule('127.0.0.5')].flatMap((rule) => rule ?? []),
    ownPorts: [],
    lookUp: async () => answers[lookups++] ?? [],
  }
  const target = { host: 'rebinding.example', port: world.port }
  const first = await connectOutside(target, 0, rules, anyone)
  assert.deepEqual([first.remoteAddress, lookups], ['127.0.0.5', 1])
  first.destroy()
  await assert.rejects(connectOutside({ ...target, port: inner.port }, 0, rules, anyone), { code: 'egress_refused' })
  const mixed = await connectOutside(target, 0, rules, anyone)
  assert.equal(mixed.remoteAddress, '127.0.0.5', 'of several addresses only those that are allowed are tried')
  mixed.destroy()
})

test('addresses of the internet are told from all others', () => {
  for (const address of ['1.1.1.1', '8.8.8.8', '172.15.0.1', '192.169.0.1', '2606:4700:4700::1111', '::ffff:1.1.1.1', '64:ff9b::101:101'])
    assert.equal(notPublic(address), undefined, address)
  for (const address of ['127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', 'fe80::1%eth0', '::', '0.1.2.3', '192.88.99.1'])
    assert.notEqual(notPublic(address), undefined, address)
})

test('a pass is good for its runner, and for nobody who changes it', () => {
  const key = randomBytes(32)
  const pass = { runner: 'one', executionId: 'e', organizationId: 'acme', name: 'w', integration: null }
  const text = signPass(key, pass)
  assert.deepEqual(passReader(key, 'one')(text), pass)
  assert.equal(passReader(key, 'two')(text), undefined)
  assert.equal(passReader(randomBytes(32), 'one')(text), undefined)
  const [body = '', mac = ''] = text.split('.')
  const forged = Buffer.from(Buffer.from(body, 'base64url').toString().replace('acme', 'evil')).toString('base64url')
  for (const wrong of [`${forged}.${mac}`, body, `${body}.`, '', undefined, 'x'.repeat(10_000)])
    assert.equal(passReader(key, 'one')(wrong), undefined)
})
