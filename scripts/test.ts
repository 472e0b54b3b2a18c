// npm test [-- part of a path …]: all tests, or those whose file's path contains one of the parts.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { loopback } from '../server/src/platform/egress-rules.ts'
import { startTestPostgres } from '../server/testing/test-postgres.ts'
import { inOrder } from './test-order.ts'

const root = dirname(import.meta.dirname)
const parts = process.argv.slice(2)
const found = globSync('**/*.test.{ts,mjs}', { cwd: root, exclude: (path) => /(^|\/)(node_modules|dist|\.[^/]+)$/.test(path) })
const files = inOrder(found.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part))))
if (files.length === 0) {
  console.error(`No test file's path contains ${parts.join(' or ')}.`)
  process.exit(1)
}

const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort())

// Tests that need the admin interface build it. The many that start a server would do so side by side.
process.env.CROSSWALK_BUILD_INTERFACE ??= 'off'
// On a busy machine an API process is late, and what is tested is something else.
process.env.CROSSWALK_OVERLOADED_AFTER_MS ??= '0'
// Simulated vendors listen there.
process.env.CROSSWALK_EGRESS_ALLOW ??= loopback

const startedAt = Date.now()
const postgres = await startTestPostgres()
const durations: { file: string; ms: number }[] = []
const counts = { passed: 0, failed: 0, skipped: 0 }
try {
  process.env.CROSSWALK_TEST_POSTGRES_URL = postgres.url
  const events = run({
    files: files.map((file) => join(root, file)),
    // One more than processors: many files wait for a process, a lease or a lost connection. With two more it takes no less time.
    concurrency: Math.min(4, availableParallelism() + 1),
    // Of one test. It fails late: a busy machine is no fault.
    timeout: 300_000,
    signal: stopped.signal,
    cwd: root,
  })
  events.on('test:summary', (summary) => {
    if (summary.file !== undefined) {
      durations.push({ file: relative(root, summary.file), ms: summary.duration_ms })
      return
    }
    counts.passed = summary.counts.passed
    counts.failed = summary.counts.tests - summary.counts.passed - summary.counts.skipped - summary.counts.todo
    counts.skipped = summary.counts.skipped + summary.counts.todo
  })
  const report = events.compose(spec)
  report.pipe(process.stdout)
  await new Promise((resolve) => report.once('end', resolve))
} finally {
  await postgres.stop()
}
const slowest = durations.sort((a, b) => b.ms - a.ms).slice(0, 12)
if (files.length > slowest.length)
  console.log(`\nThe slowest files:\n${slowest.map(({ file, ms }) => `${(ms / 1000).toFixed(0).padStart(5)} s  ${file}`).join('\n')}`)
console.log(
  `\n${files.length} files in ${Math.round((Date.now() - startedAt) / 1000)} s${counts.skipped ? `, ${counts.skipped} tests skipped` : ''}`,
)
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exit(stopped.signal.aborted ? 130 : counts.failed > 0 || counts.passed === 0 ? 1 : 0)
