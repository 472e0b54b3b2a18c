import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type OpenStep, StepLedger } from './step-ledger.ts'
import type { StepRecord } from './step-record.ts'

/** A program of chains that run at once; each does its steps one after the other. All steps of a name look alike. */
type Program = { chains: { name: string; length: number }[] }

const programs: fc.Arbitrary<Program> = fc.record({
  chains: fc.array(fc.record({ name: fc.constantFrom('get', 'set'), length: fc.integer({ min: 1, max: 5 }) }), {
    minLength: 1,
    maxLength: 5,
  }),
})

/** What each chain's steps were given, when steps end in the order that `pick` chooses. Cut off after `limit` records. */
function run(program: Program, ledger: StepLedger, firstOrder: number, pick: (count: number) => number, limit: number) {
  const values = program.chains.map((): string[] => [])
  const records: StepRecord[] = []
  const owners = new Map<number, number>()
  const openSteps: { openStep: OpenStep; chain: number; step: number }[] = []
  let number = 0
  const ask = (chain: number): void => {
    const { name, length } = program.chains[chain] as { name: string; length: number }
    const step = values[chain]?.length ?? 0
    if (step >= length) return
    owners.set(number, chain)
    const openStep = ledger.ask(number++, name, '')
    if (openStep) openSteps.push({ openStep, chain, step })
  }
  const answer = (): void => {
    for (let next = ledger.takeAnswer(() => false); next; next = ledger.takeAnswer(() => false)) {
      const chain = owners.get(next.number) as number
      values[chain]?.push(next.record.outcome.ok ? String(next.record.outcome.value) : 'failed')
      ask(chain)
    }
  }
  for (const chain of program.chains.keys()) ask(chain)
  answer()
  while (openSteps.length > 0 && records.length < limit) {
    const [done] = openSteps.splice(pick(openSteps.length), 1)
    if (!done) break
    const { name, fingerprint, occurrence } = done.openStep
    const value = `${done.chain}.${done.step}`
    const record: StepRecord = {
      name,
      fingerprint,
      occurrence,
      order: firstOrder + records.length,
      outcome: { ok: true, value },
      isPlain: true,
      isSealed: false,
    }
    records.push(record)
    ledger.land(done.openStep, record)
    answer()
  }
  return { values, records }
}

test('cut off anywhere and run again, every step gets its own result, whatever the order in which steps end', () => {
  fc.assert(
    fc.property(
      programs,
      fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
      fc.nat(25),
      fc.nat(25),
      (program, choices, firstCut, secondCut) => {
        let choice = 0
        const pick = (count: number) => (choices[choice++ % choices.length] as number) % count
        const first = run(program, new StepLedger([]), 0, pick, firstCut)
        const second = run(program, new StepLedger(first.records), first.records.length, pick, secondCut)
        const all = [...first.records, ...second.records]
        const last = run(program, new StepLedger(all), all.length, pick, Number.POSITIVE_INFINITY)
        assert.deepEqual(
          last.values,
          program.chains.map(({ length }, chain) => Array.from({ length }, (_, step) => `${chain}.${step}`)),
        )
      },
    ),
    { numRuns: 2_000 },
  )
})

test('a step that was under way when its runner was lost continues for the next one that asks for it', async () => {
  const ledger = new StepLedger([])
  const openStep = ledger.ask(0, 'get', 'a')
  assert.ok(openStep)
  ledger.restart()
  assert.equal(ledger.ask(5, 'get', 'a'), undefined)
  assert.equal(await openStep.asked.promise, 5)
})

test('a recorded step whose turn has not come waits, and is let go where its predecessor is not asked for any more', () => {
  const record = (name: string, order: number): StepRecord => ({
    name,
    fingerprint: '',
    occurrence: 0,
    order,
    outcome: { ok: true, value: name },
    isPlain: true,
    isSealed: false,
  })
  const ledger = new StepLedger([record('first', 0), record('second', 1)])
  assert.equal(ledger.ask(0, 'second', ''), undefined)
  assert.equal(
    ledger.takeAnswer(() => false),
    undefined,
  )
  assert.ok(ledger.isBlocked)
  assert.deepEqual(
    ledger.takeBlocked().map(({ number }) => number),
    [0],
  )
  assert.ok(!ledger.isBlocked)
})

const recordOf = (name: string, fingerprint: string, occurrence = 0): StepRecord => ({
  name,
  fingerprint,
  occurrence,
  order: 0,
  outcome: { ok: true, value: null },
  isPlain: true,
  isSealed: false,
})

test('what it costs to ask does not grow with how much is recorded, open, or kept for the host', () => {
  const count = 60_000
  const began = process.cpuUsage()
  const isInternal = (record: StepRecord) => record.name === 'until'
  const recorded = Array.from({ length: count }, (_, index) => [recordOf('until', '1'), recordOf('sleep', '1', index)]).flat()
  const ledger = new StepLedger(recorded, [{ record: recordOf('other', ''), stored: recordOf('other', '') }])
  // All but the first are asked for, and wait for it.
  ledger.ask(0, 'first', '')
  for (let number = 1; number <= count; number++) {
    assert.ok(ledger.takeForHost('until', '1'))
    ledger.ask(number, 'sleep', '1')
    assert.equal(ledger.isBlocked, true)
  }
  assert.equal(ledger.takeForHost('until', '1'), undefined)
  for (let number = 1; number <= count; number++) {
    assert.equal(ledger.takeAnswer(isInternal)?.number, number)
    ledger.ask(count + number, 'new', String(number))
  }
  assert.deepEqual([ledger.takeAnswer(isInternal), ledger.isBlocked, ledger.isReplayed], [undefined, false, true])
  // Of the processor, so that others on the machine do not count.
  const { user } = process.cpuUsage(began)
  assert.ok(user < 5_000_000, `it took ${user / 1_000} ms`)
})

test('a step that is recorded after its runner was lost is answered to the one that asks for it next', () => {
  const ledger = new StepLedger([])
  const openStep = ledger.ask(0, 'get', '')
  assert.ok(openStep)
  ledger.restart()
  ledger.land(openStep, recordOf('get', ''))
  assert.deepEqual([ledger.takeAnswer(() => false), ledger.isBlocked], [undefined, false])
  assert.equal(ledger.ask(7, 'get', ''), undefined)
  assert.equal(ledger.isBlocked, true)
  assert.equal(ledger.takeAnswer(() => false)?.number, 7)
})
