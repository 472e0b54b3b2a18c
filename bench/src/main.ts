// npm run bench [-- --quick] [-- <row> …]: what the architecture promises about speed, each beside its yardstick in the same run.
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { type Bench, startBench } from './bench.ts'
import { type Line, type Row, tableOf } from './line.ts'
import { adminRow } from './rows/admin.ts'
import { authorizationRow } from './rows/authorization.ts'
import { budgetsRow } from './rows/budgets.ts'
import { callsRow } from './rows/calls.ts'
import { cachedDiscoveryRow, discoveryRow } from './rows/discovery.ts'
import { vendorDiscoveryRow } from './rows/discovery-vendors.ts'
import { executionsRow } from './rows/executions.ts'
import { logsRow } from './rows/logs.ts'
import { mappingInWorkflowRow } from './rows/mapping-in-workflow.ts'
import { manyMappingsRow, mappingsRow } from './rows/mappings.ts'
import { maskingRow } from './rows/masking.ts'
import { networkRow } from './rows/network.ts'
import { runnersRow } from './rows/runners.ts'
import { startRow } from './rows/start.ts'
import { stepsRow } from './rows/steps.ts'
import { takeOverRow } from './rows/take-over.ts'
import { workersRow } from './rows/workers.ts'

const rows: readonly Row[] = [
  mappingsRow,
  manyMappingsRow,
  authorizationRow,
  executionsRow,
  runnersRow,
  workersRow,
  stepsRow,
  takeOverRow,
  mappingInWorkflowRow,
  networkRow,
  callsRow,
  budgetsRow,
  discoveryRow,
  cachedDiscoveryRow,
  vendorDiscoveryRow,
  logsRow,
  maskingRow,
  adminRow,
  startRow,
]

function readArguments(): { chosen: Row[]; isQuick: boolean } {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean', default: false } } })
  const unknown = positionals.find((name) => !rows.some((row) => row.name === name))
  if (unknown !== undefined) throw new TypeError(`There is no row ${unknown}. Rows: ${rows.map(({ name }) => name).join(', ')}.`)
  return { chosen: rows.filter(({ name }) => positionals.length === 0 || positionals.includes(name)), isQuick: values.quick }
}

function machineLine(bench: Bench): string {
  const cores = availableParallelism()
  const busy = loadavg()[0] ?? 0
  return `${cores} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.versions.node}, PostgreSQL ${bench.serverVersion}, load before ${busy.toFixed(1)}`
}

/** A row that cannot be measured is told, and the others are measured. */
async function measure(bench: Bench, chosen: readonly Row[]): Promise<{ lines: Line[]; failures: number }> {
  const lines: Line[] = []
  let failures = 0
  for (const row of chosen) {
    const startedAt = performance.now()
    try {
      lines.push(...(await row.measure(bench)))
    } catch (error) {
      failures++
      console.error(error)
    }
    bench.say(`${row.name} (${((performance.now() - startedAt) / 1_000).toFixed(0)} s)`)
  }
  return { lines, failures }
}

const { chosen, isQuick } = readArguments()
const bench = await startBench(isQuick)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void bench[Symbol.asyncDispose]().finally(() => process.exit(130)))
try {
  console.log(machineLine(bench))
  const { lines, failures } = await measure(bench, chosen)
  console.log(`\n${tableOf(lines)}`)
  process.exitCode = failures > 0 ? 1 : 0
} finally {
  await bench[Symbol.asyncDispose]()
}
process.exit()
