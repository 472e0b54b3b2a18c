import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { LookUpTurns } from './look-up-turns.ts'
import type { Address } from './outside.ts'

const found: Address[] = [{ address: '192.0.2.1', family: 4 }]

function given() {
  const asked: string[] = []
  const silent: PromiseWithResolvers<Address[]>[] = []
  const turns = new LookUpTurns((host) => {
    asked.push(host)
    if (!host.endsWith('.silent.example')) return host.startsWith('no') ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(found)
    const answer = Promise.withResolvers<Address[]>()
    silent.push(answer)
    return answer.promise
  })
  return { turns, asked, silent }
}

test('names whose server never answers hold up one organization, and no other', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { turns, asked, silent } = given()
  const waiting = Array.from({ length: 400 }, (_, index) => turns.lookUp(`n${index}.silent.example`, 0, 'acme'))
  const own = turns.lookUp('vendor.example', 0, 'acme')
  assert.equal(asked.length, 4)
  assert.deepEqual(await turns.lookUp('vendor.example', 0, 'globex'), found)
  t.mock.timers.tick(10_000)
  for (const { reason } of (await Promise.allSettled([...waiting, own])) as PromiseRejectedResult[]) assert.equal(reason.code, 'EAI_AGAIN')
  assert.equal(asked.length, 5, 'what nobody waits for any more has its thread still')
  for (const ended of [...silent]) ended.reject(new Error('EAI_AGAIN'))
  await nextTurn()
  assert.equal(asked.length, 9)
})

test('a look-up that failed is not begun again at once, and the same one is shared while it is under way', async () => {
  const { turns, asked, silent } = given()
  for (let count = 0; count < 3; count++) await assert.rejects(turns.lookUp('no.example', 0, 'acme'), /ENOTFOUND/)
  await assert.rejects(turns.lookUp('no.example', 0, 'globex'), /ENOTFOUND/)
  assert.deepEqual(asked, ['no.example', 'no.example'])
  const both = [turns.lookUp('a.silent.example', 0, 'acme'), turns.lookUp('a.silent.example', 0, 'acme')]
  assert.equal(silent.length, 1)
  silent[0]?.resolve(found)
  assert.deepEqual(await Promise.all(both), [found, found])
})
