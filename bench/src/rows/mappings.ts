import { join } from 'node:path'
import type { Request } from 'autocannon'
import pg from 'pg'
import type { Bench } from '../bench.ts'
import { type Installation, startInstallation } from '../installation.ts'
import { type Line, type Row, rateLine, timesLine } from '../line.ts'
import { type Answers, load } from '../load.ts'
import { fillMappings, holderOf, mappingId, organizationId } from '../many-mappings.ts'
import { alternate, median, percentile } from '../statistics.ts'
import { startYardstick } from '../yardstick.ts'

const connections = 16
const few = 1_000
/** Each connection asks for so many, chosen by chance. */
const choices = 500

/** The two ways to read mappings, as paths of a mapping's number: ours and the bare server's. */
const readings = [
  {
    what: 'GET one mapping',
    ours: (mapping: number) => `/api/organizations/${organizationId(holderOf(mapping))}/integrations/${mappingId(mapping)}`,
    bare: (mapping: number) => `/one/${mappingId(mapping)}`,
  },
  {
    what: "list an organization's 20 mappings",
    ours: (mapping: number) => `/api/organizations/${organizationId(holderOf(mapping))}/integrations`,
    bare: (mapping: number) => `/list/${organizationId(holderOf(mapping))}`,
  },
]

async function startApi(bench: Bench, name: string, mappings: number): Promise<Installation> {
  const databaseUrl = await bench.createDatabase(name)
  const api = await startInstallation({ command: 'api', directory: join(bench.directory, name), databaseUrl })
  bench.defer(() => api.stop())
  await fillMappings(databaseUrl, mappings)
  return api
}

/** One for the rows that need it. */
let smallApi: Promise<Installation> | undefined
const apiWithFew = (bench: Bench) => (smallApi ??= startApi(bench, 'bench_few', few))

function read(
  bench: Bench,
  { url, headers }: { url: string; headers?: Record<string, string> },
  among: number,
  pathOf: (mapping: number) => string,
): Promise<Answers> {
  const requests = (): Request[] => Array.from({ length: choices }, () => ({ path: pathOf(Math.floor(Math.random() * among)) }))
  return load({ url, connections, durationMs: bench.turnMs, requests, ...(headers === undefined ? {} : { headers }) })
}

export const mappingsRow: Row = {
  name: 'mappings',
  async measure(bench) {
    const api = await apiWithFew(bench)
    const client = new pg.Client({ connectionString: api.databaseUrl })
    await client.connect()
    await client.query(
      "set crosswalk.scope = 'all'; create table bare_mappings (like organization_mappings including all); insert into bare_mappings select * from organization_mappings; analyze bare_mappings",
    )
    await client.end()
    const bare = await startYardstick<{ url: string }>('bare-rows', [api.databaseUrl])
    const lines: Line[] = []
    for (const { what, ours, bare: barePath } of readings) {
      const rates = await alternate(
        bench.turns,
        () => read(bench, api, few, ours),
        () => read(bench, bare.ready, few, barePath),
      )
      lines.push(
        rateLine(
          `${what}, ${connections} connections / bare Fastify + pg`,
          median(rates.ours.map(({ perSecond }) => perSecond)),
          median(rates.yardstick.map(({ perSecond }) => perSecond)),
          0.6,
        ),
      )
    }
    await bare.stop()
    return lines
  },
}

export const manyMappingsRow: Row = {
  name: 'many-mappings',
  async measure(bench) {
    const many = bench.isQuick ? 40_000 : 400_000
    const small = await apiWithFew(bench)
    bench.say(`  making ${many.toLocaleString('en')} mappings`)
    const large = await startApi(bench, 'bench_many', many)
    const lines: Line[] = []
    for (const { what, ours } of readings) {
      const measured = await alternate(
        bench.turns + 2,
        () => read(bench, large, many, ours),
        () => read(bench, small, few, ours),
      )
      const p99 = (answers: Answers[]) => median(answers.map(({ latencies }) => percentile(latencies, 0.99)))
      lines.push(
        timesLine(
          `${what}, p99, ${many.toLocaleString('en')} mappings / ${few.toLocaleString('en')}`,
          p99(measured.ours),
          p99(measured.yardstick),
          1.2,
        ),
      )
    }
    await large.stop()
    return lines
  },
}
