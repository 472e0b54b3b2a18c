import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { until } from '../../../../testing/until.ts'
import { Silence } from './silence.ts'

const onLinux = { skip: process.platform === 'linux' ? false : 'what a process uses is told on Linux alone' }

async function withCode(code: string, run: (child: ChildProcess & { pid: number }) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, ['-e', `process.stdout.write('begun'); ${code}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  try {
    assert.ok(child.pid)
    await run(child as ChildProcess & { pid: number })
  } finally {
    child.kill('SIGKILL')
  }
}

test('what loops is counted by what it uses of the processors', onLinux, async () => {
  await withCode('for (;;);', async ({ pid }) => {
    const silence = new Silence(pid, 300)
    const startedAt = performance.now()
    let last = startedAt
    const sinceLast = () => {
      const before = last
      last = performance.now()
      return last - before
    }
    assert.equal(silence.look(true, 0), false)
    await until('it has looped for long enough', async () => silence.look(false, sinceLast()))
    assert.ok(performance.now() - startedAt >= 250, 'and not before')
    assert.equal(silence.look(true, 100), false, 'an answer begins it from the start')
  })
})

test('one that waits without using a processor is counted by the clock', onLinux, async () => {
  await withCode('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', async ({ pid }) => {
    const silence = new Silence(pid, 300)
    let looks = 0
    await until('it has waited for long enough', async () => ++looks > 0 && silence.look(false, 100))
    assert.ok(looks < 10, `${looks} looks`)
  })
})

test('a full heap is told from a loop', onLinux, async () => {
  await withCode("globalThis.kept = Buffer.alloc(150 * 1024 * 1024, 'x'); process.stdout.write('full'); for (;;);", async ({ pid }) => {
    const silence = new Silence(pid, 300)
    await until('it is full', async () => silence.isOfMemory(128))
    assert.equal(silence.isOfMemory(1_024), false)
  })
})
