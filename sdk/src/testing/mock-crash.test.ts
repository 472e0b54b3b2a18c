import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BaseIntegration, type Context, HttpError, type IntegrationContext, workflow } from '../index.ts'
import { type CrashPoint, mockContext } from '../testing.ts'

/** The tickets at a vendor, which outlive the code that made them. */
class Desk {
  readonly tickets: { subject: string; key: string }[] = []
  readonly comments: string[] = []
  refusals: HttpError[] = []
}

class DeskClient {
  readonly #desk: Desk
  readonly #context: IntegrationContext
  constructor(desk: Desk, context: IntegrationContext) {
    this.#desk = desk
    this.#context = context
  }
  async findTicket(subject: string) {
    return this.#desk.tickets.find((ticket) => ticket.subject === subject) ?? null
  }
  async createTicket(subject: string) {
    const refusal = this.#desk.refusals.shift()
    if (refusal) throw refusal
    const ticket = { subject, key: this.#context.idempotencyKey() }
    this.#desk.tickets.push(ticket)
    return ticket
  }
  async comment(text: string) {
    const refusal = this.#desk.refusals.shift()
    if (refusal) throw refusal
    this.#desk.comments.push(text)
  }
}

function given(refusals: HttpError[] = []) {
  const desk = Object.assign(new Desk(), { refusals })
  class Tickets extends BaseIntegration<DeskClient> {
    static integrationName = 'tickets'
    supportsOrgMapping() {
      return true
    }
    getClient() {
      return new DeskClient(desk, this.context)
    }
    async testConnection() {
      return { success: true, message: 'ok' }
    }
  }
  const ctx = mockContext({ integrations: [Tickets], mappings: [{ integrationName: 'tickets', externalOrgId: '1' }] })
  return { desk, Tickets, ctx }
}

const reportTicket = workflow({ name: 'report_ticket', description: 'Reports one ticket.' }, async (ctx) => {
  const client = (await ctx.getIntegration('tickets')) as DeskClient
  return ctx.step('report ticket', async () => (await client.findTicket('Disk full')) ?? (await client.createTicket('Disk full')))
})

/** Looks in one step and creates in another: between them, what was found grows old. */
const reportInTwo = workflow({ name: 'report_in_two', description: 'Reports one ticket, wrongly.' }, async (ctx) => {
  const client = (await ctx.getIntegration('tickets')) as DeskClient
  return (await client.findTicket('Disk full')) ?? (await client.createTicket('Disk full'))
})

test('what looks and then creates in one step makes no double, wherever it crashes', async () => {
  for (const when of ['done', 'recorded'] as const) {
    const { ctx, desk } = given()
    await ctx.replayAfterCrash((each) => reportTicket(each), { step: 1, when })
    assert.equal(desk.tickets.length, 1, when)
  }
})

test('what looks in one step and creates in another makes a double, and a crash in a test finds that', async () => {
  const { ctx, desk } = given()
  await ctx.replayAfterCrash((each) => reportInTwo(each), { step: 2 })
  assert.equal(desk.tickets.length, 2)
  assert.equal(desk.tickets[0]?.key, desk.tickets[1]?.key, 'a vendor that takes the key makes it one')
})

test('after a crash recorded steps are read back, logs are not repeated, and what was cut off is shown and done again', async () => {
  const { ctx } = given()
  const done: string[] = []
  const act = (each: Context, name: string) =>
    each.step(name, async () => {
      done.push(name)
      await each.log('info', `in ${name}`)
      return { name }
    })
  const run = async (each: Context) => {
    const first = await act(each, 'first')
    await each.log('info', 'between')
    const second = await act(each, 'second')
    await each.log('info', 'after')
    return [first, second]
  }
  assert.deepEqual(await ctx.replayAfterCrash(run, { step: 2 }), [{ name: 'first' }, { name: 'second' }])
  assert.deepEqual(done, ['first', 'second', 'second'])
  assert.deepEqual(
    ctx.steps.map(({ name, status }) => [name, status]),
    [
      ['first', 'success'],
      ['second', 'cut_off'],
      ['second', 'success'],
    ],
  )
  assert.deepEqual(
    ctx.logs.map(({ message }) => message),
    ['in first', 'between', 'in second', 'in second', 'after'],
  )
})

test('a crash answers nothing more, whatever the code catches, and one that does not happen is told', async () => {
  const { ctx } = given()
  const caught: unknown[] = []
  let runs = 0
  await ctx.replayAfterCrash(
    async (each) => {
      runs++
      await Promise.all(['a', 'b', 'c'].map((name) => each.step(name, () => name).catch((error: unknown) => caught.push(error))))
    },
    { step: 2 },
  )
  assert.deepEqual([runs, caught], [2, []])
  const never = ctx.replayAfterCrash((each) => each.step('only', () => 1), { step: 2 })
  await assert.rejects(never, /ended after 1 step, and did not come to step 2/)
  await assert.rejects(
    ctx.replayAfterCrash(() => 1, { step: 0 } satisfies CrashPoint),
    /a step of 1 or more/,
  )
})

test('what a step calls is a part of it and shown under it: client calls, steps, mappings, sleeps', async () => {
  const { ctx, Tickets } = given()
  const client = await ctx.getIntegration(Tickets)
  await ctx.step('all in one', async () => {
    await client.findTicket('x')
    await ctx.step('within', () => client.createTicket('x'))
    await ctx.setIntegrationMapping({ integrationName: 'tickets', externalOrgId: '2' })
    await ctx.sleep(5)
  })
  assert.deepEqual(
    ctx.steps.map(({ name, calls }) => [name, calls]),
    [
      [
        'all in one',
        [
          { name: 'tickets.findTicket', status: 'success' },
          { name: 'within', status: 'success' },
          { name: 'tickets.createTicket', status: 'success' },
          { name: 'setIntegrationMapping', status: 'success' },
        ],
      ],
    ],
  )
})

test('steps that run at once have their own calls, and a client that was made outside belongs to the caller', async () => {
  const { ctx, Tickets } = given()
  const client = await ctx.getIntegration(Tickets)
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  await Promise.all([
    ...['a', 'b'].map((name) =>
      ctx.step(name, async () => {
        await turn()
        await client.createTicket(name)
        await turn()
        await client.comment(name)
      }),
    ),
    client.findTicket('outside'),
  ])
  const seen = ctx.steps.map(({ name, calls }) => [name, calls.map((call) => call.name)])
  const calls = ['tickets.createTicket', 'tickets.comment']
  assert.deepEqual(seen, [
    ['a', calls],
    ['b', calls],
    ['tickets.findTicket', []],
  ])
})

test('what a step leaves running after its end is no part of it any more', async () => {
  const { ctx, Tickets } = given()
  const client = await ctx.getIntegration(Tickets)
  let later: Promise<unknown> = Promise.resolve()
  const begin = Promise.withResolvers<void>()
  await ctx.step('begins', () => {
    later = begin.promise.then(() => client.findTicket('later'))
  })
  begin.resolve()
  await later
  assert.deepEqual(
    ctx.steps.map(({ name }) => name),
    ['begins', 'tickets.findTicket'],
  )
})

const busy = () => new HttpError('busy', { status: 429, method: 'POST', retry_after_ms: 7_000 })

test('a call within a step is tried again by itself, and what was done before it is not done again', async () => {
  const { ctx, desk, Tickets } = given()
  const client = await ctx.getIntegration(Tickets)
  const report = () =>
    ctx.step('report', async () => {
      await client.createTicket('Disk full')
      desk.refusals = desk.comments.length === 0 ? [busy(), busy()] : [busy(), busy(), busy()]
      await client.comment('Look at it')
    })
  await report()
  assert.deepEqual([desk.tickets.length, desk.comments.length, ctx.waits], [1, 1, [7_000, 7_000]])
  await assert.rejects(report(), /busy/)
  assert.equal(desk.tickets.length, 2, 'the step was not tried again whole')
})

test('a step that says that it is safe to run twice is tried again whole, and its calls are not', async () => {
  const { ctx, desk, Tickets } = given()
  const client = await ctx.getIntegration(Tickets)
  const report = (maxAttempts: number) => ctx.step('report', () => client.createTicket('Disk full'), { maxAttempts })
  desk.refusals = [busy()]
  await report(2)
  assert.deepEqual([ctx.steps[0]?.attempts, ctx.steps[0]?.calls.map(({ status }) => status)], [2, ['failed', 'success']])
  desk.refusals = [busy()]
  await assert.rejects(report(1), /busy/)
})

test('a call has a key of its own: the same over attempts and when its step runs again, another for other arguments', async () => {
  const { ctx, desk, Tickets } = given([busy()])
  const keys: string[] = []
  const run = async (each: Context) => {
    const client = await each.getIntegration(Tickets)
    await client.createTicket('outside')
    await each.step('in', async ({ idempotencyKey }) => {
      keys.push(idempotencyKey, each.idempotencyKey(), each.idempotencyKey('part'))
      await client.createTicket('first')
      await client.createTicket('second')
      await client.createTicket('second')
    })
  }
  await ctx.replayAfterCrash(run, { step: 2 })
  const [first = '', again = ''] = [desk.tickets.slice(1, 4), desk.tickets.slice(4)].map((tickets) => tickets.map(({ key }) => key).join())
  assert.equal(first, again)
  assert.equal(new Set(desk.tickets.map(({ key }) => key)).size, 4)
  assert.deepEqual(keys.slice(0, 3), keys.slice(3))
  assert.deepEqual([keys[0] === keys[1], keys[0] === keys[2]], [true, false])
  assert.notEqual(ctx.idempotencyKey(), ctx.idempotencyKey(), 'outside of steps there is nothing that a key could belong to')
})

test("an integration says how its client's calls are tried again, for all and for a method", async () => {
  const { desk, Tickets } = given()
  class Patient extends Tickets {
    static retry = { maxAttempts: 6, jitter: false }
    static methodRetry = { comment: { maxAttempts: 1 }, createTicket: { retries: 'failed' as const } }
  }
  const ctx = mockContext({ integrations: [Patient], mappings: [{ integrationName: 'tickets', externalOrgId: '1' }] })
  const client = await ctx.getIntegration(Patient)
  desk.refusals = [1, 2, 3, 4].map(busy)
  await client.createTicket('x')
  desk.refusals = [busy()]
  await assert.rejects(client.comment('x'), /busy/)
  desk.refusals = [new HttpError('broken', { status: 500, method: 'POST' })]
  await client.createTicket('y')
  assert.deepEqual(
    ctx.steps.map(({ attempts }) => attempts),
    [5, 1, 2],
  )
  class Wrong extends Tickets {
    static methodRetry = { coment: {} }
  }
  const wrong = mockContext({ integrations: [Wrong], mappings: [{ integrationName: 'tickets', externalOrgId: '1' }] })
  await assert.rejects(wrong.getIntegration(Wrong), /has a methodRetry for 'coment', and its client has no such method/)
})
