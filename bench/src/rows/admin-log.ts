import type { Opened } from '../../../e2e/browser.ts'
import type { Admin } from '../admin-browser.ts'
import type { Bench } from '../bench.ts'
import { type Line, limitLine } from '../line.ts'
import { organizationId } from '../many-mappings.ts'

const lines = 100_000
/** A tenth of a panel, a panel, and jumps. */
const stepsPx = [46, 460, 4_600]
const framesOfStep = 400

type Page = Opened['page']

/** Runs in the page: keeps how long each task of at least 50 ms took. */
function watchTasks(): void {
  const tasks: number[] = []
  Object.assign(window, { tasks })
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' })
}

/** The longest task since it was asked last; 0 where none took 50 ms. */
function slowestTask(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // What the observer has not been told yet comes with the next frames.
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
    return Math.max(0, ...(window as unknown as { tasks: number[] }).tasks.splice(0)) // put there by watchTasks
  })
}

/** Runs in the page: scrolls down by so much a frame. Resolves to how far it came. */
async function scrollBy({ step, frames }: { step: number; frames: number }): Promise<number> {
  const panel = document.querySelector('[role=log]')
  if (!panel) return 0
  for (let frame = 0; frame < frames; frame++) {
    panel.scrollTop += step
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
  return panel.scrollTop
}

async function heapOf({ page, context }: Opened): Promise<number> {
  const session = await context.newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize / 1e6
}

/** A log of 100,000 lines: while it comes, and while it is read. */
export async function measureLongLog(bench: Bench, { platform, open }: Admin): Promise<Line[]> {
  const orgId = organizationId(0)
  const { execution_id: executionId, status } = await platform.call<{ execution_id: string; status: string }>(
    'POST',
    '/api/workflows/execute?wait=120',
    { workflow_name: 'write_lines', parameters: { lines, pause_ms: 0 } },
    { 'x-organization-id': orgId },
  )
  if (status !== 'success') throw new Error(`The workflow of the bench is ${status}.`)
  // From the list, so that what is measured is the log and not the loading of the interface.
  const opened = await open('/executions')
  const { page, context } = opened
  const link = page.locator(`a[href$="/executions/${executionId}"]`).first()
  await link.waitFor()
  const before = await heapOf(opened)
  await page.evaluate(watchTasks)
  const startedAt = performance.now()
  await link.click()
  await page.getByText(`${lines.toLocaleString('en')} lines, complete`).waitFor({ timeout: 60_000 })
  const loadedMs = performance.now() - startedAt
  const whileLoading = await slowestTask(page)
  const log = page.getByRole('log', { name: 'Log lines' })
  const passes: number[] = []
  // What the log itself takes long for, it takes long for each time; what the machine was busy with, hardly.
  for (let pass = 0; pass < 2; pass++) {
    await log.press('Home')
    await page.getByText('User 0 is in sync').waitFor()
    await slowestTask(page)
    for (const step of stepsPx) {
      const came = await page.evaluate(scrollBy, { step, frames: bench.isQuick ? 100 : framesOfStep })
      if (came === 0) throw new Error('The log does not scroll.')
    }
    passes.push(await slowestTask(page))
  }
  await log.press('End')
  await page.getByText(`User ${lines - 1} is in sync`).waitFor()
  const heap = await heapOf(opened)
  await context.close()
  const count = lines.toLocaleString('en')
  return [
    limitLine(
      `a log of ${count} lines: longest task while it comes (all there after ${(loadedMs / 1_000).toFixed(1)} s)`,
      whileLoading,
      100,
      'ms',
    ),
    limitLine('the same: longest task while it is scrolled from top to bottom', Math.min(...passes), 100, 'ms'),
    limitLine('the same: memory of the page (heap) that the log adds', heap - before, 100, 'MB'),
  ]
}
