import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordClient } from './recorded-client.ts'

class Client {
  #calls = 0
  region = 'eu'
  async listUsers(): Promise<number[]> {
    this.#calls += 1
    return (await this.page()).concat(2)
  }
  async page(): Promise<number[]> {
    return [1]
  }
  callback(): Promise<string> {
    return Promise.resolve('done')
  }
  async *stream(): AsyncGenerator<number> {
    yield this.#calls
  }
  get calls(): number {
    return this.#calls
  }
  in(region: string): this {
    this.region = region
    return this
  }
}

function givenRecorded<C>(client: C, options: { unrecorded?: string[]; recorded?: string[] } = {}) {
  const steps: { name: string; args: readonly unknown[] }[] = []
  const step = (name: string, args: readonly unknown[], run: () => Promise<unknown>) => {
    steps.push({ name, args })
    return run()
  }
  return { client: recordClient(client, { name: 'my', step, ...options }), steps }
}

test('an async method is one step, and what it calls itself is not another', async () => {
  const { client, steps } = givenRecorded(new Client())
  assert.deepEqual(await client.listUsers(), [1, 2])
  assert.deepEqual(steps, [{ name: 'my.listUsers', args: [] }])
  assert.equal(client.calls, 1)
})

test('plain functions, getters and async generators pass through with their private fields', async () => {
  const { client, steps } = givenRecorded(new Client())
  assert.equal(await client.callback(), 'done')
  assert.deepEqual(await Array.fromAsync(client.stream()), [0])
  client.region = 'us'
  assert.equal(client.region, 'us')
  assert.deepEqual(steps, [])
})

test('listed functions are steps, and listed async methods are not', async () => {
  const { client, steps } = givenRecorded(new Client(), { recorded: ['callback'], unrecorded: ['page'] })
  await client.callback()
  await client.page()
  assert.deepEqual(
    steps.map(({ name }) => name),
    ['my.callback'],
  )
})

test('a recorded function that throws at once fails as a promise', async () => {
  const explode = (): Promise<never> => {
    throw new Error('at once')
  }
  const { client } = givenRecorded({ explode }, { recorded: ['explode'] })
  await assert.rejects(client.explode(), /at once/)
})

test('a recorded result is given without calling the client', async () => {
  const replayed = recordClient(new Client(), { name: 'my', step: async () => [42] })
  assert.deepEqual(await replayed.listUsers(), [42])
  assert.equal(replayed.calls, 0)
})

test('a typing error in the lists is refused', () => {
  assert.throws(() => givenRecorded(new Client(), { recorded: ['listUser'] }), /'listUser'.*no such method/)
})

test('the wrapped client looks like the client', async () => {
  const original = new Client()
  const { client, steps } = givenRecorded(original)
  assert.ok(client instanceof Client)
  assert.equal(client.listUsers, client.listUsers)
  assert.equal(client.constructor, Client)
  assert.deepEqual(Object.keys(client), ['region'])
  assert.equal(await client, client)
  assert.ok('page' in client && !('other' in client))
  const { page } = client
  await page()
  assert.equal(steps.length, 1)
})

test('a fluent call stays recorded', async () => {
  const { client, steps } = givenRecorded(new Client())
  await client.in('us').page()
  assert.deepEqual(
    steps.map(({ name }) => name),
    ['my.page'],
  )
})

test('a frozen client and a client that is no object are fine', async () => {
  const { client, steps } = givenRecorded(Object.freeze({ read: async () => 1 }))
  assert.equal(await client.read(), 1)
  assert.equal(steps.length, 1)
  assert.equal(givenRecorded(null).client, null)
  assert.throws(() => givenRecorded(undefined), /gave no client: getClient\(mapping\) must return one/)
})
