import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { listLogLines } from '../src/history/logs.queries.ts'
import { isAlive } from '../src/platform/postgres/embedded-postgres.server.ts'
import { givenSubmitted } from '../testing/given-executions.ts'
import { givenOrganization } from '../testing/given-installation.ts'
import { createTestApp } from '../testing/test-app.ts'
import { until } from '../testing/until.ts'
import { endProcess, startWorkerProcess } from '../testing/worker-process.ts'

const run = promisify(execFile)

/** The processes that a process has started, and that are not over. */
async function childrenOf(pid: number | undefined): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid='])
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  return pairs.filter(([child, parent]) => parent === pid && isAlive(child ?? 0)).map(([child = 0]) => child)
}

test('author code does not outlive its worker, whatever it is doing', async () => {
  await using app = await createTestApp()
  const { id: organizationId } = await givenOrganization(app.db, 'Acme')
  for (const [name, first] of [
    ['ignores', 'ignoring'],
    ['loops_for_ever', 'before the loop'],
  ] as const) {
    const worker = await startWorkerProcess(app.databaseUrl)
    const id = await givenSubmitted(app.db, organizationId, name, {}, { timeoutMs: 600_000 })
    await until('its code runs', async () =>
      (await listLogLines(app.db, 'allOrganizations', id, { from: 0, limit: 9 })).some(({ message }) => message === first),
    )
    const children = await childrenOf(worker.pid)
    assert.ok(children.length > 0)
    await endProcess(worker, 'SIGKILL')
    try {
      await until(`nothing of ${name} is left`, () => !children.some(isAlive))
    } finally {
      for (const child of children) if (isAlive(child)) process.kill(child, 'SIGKILL')
    }
  }
})
