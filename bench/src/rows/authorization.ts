import pg from 'pg'
import type { Bench } from '../bench.ts'
import { type Line, type Row, timesLine } from '../line.ts'
import { load } from '../load.ts'
import { fillMappings, holderOf, mappingId, organizationId } from '../many-mappings.ts'
import { alternate, median } from '../statistics.ts'
import { startYardstick, type Yardstick } from '../yardstick.ts'

const connections = 16
const mappings = 1_000
const adminKey = 'bench-bench-bench-bench'
const atMost = 1.05
/** Turns are of so many requests each: short, so that both sides meet the same machine, and many. */
const turnRequests = 1_000
const turns = 8
const maxTurnMs = 20_000

type Api = Yardstick & { ready: { url: string; unaskingUrl: string } }
type Asker = { who: string; headers: Record<string, string> }

async function call<Answer>(
  api: Api,
  method: string,
  path: string,
  body: object,
  headers: Record<string, string> = { authorization: `Bearer ${adminKey}` },
) {
  const response = await fetch(`${api.ready.url}/api${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return { answer: (await response.json()) as Answer, cookies: response.headers.getSetCookie() } // the caller knows the contract
}

/** Keys with all that a key can be held to, and a person in a browser. All may read every mapping. */
async function makeAskers(bench: Bench, api: Api, databaseUrl: string): Promise<Asker[]> {
  const owner = new pg.Client({ connectionString: databaseUrl })
  await owner.connect()
  await owner.query(
    "set crosswalk.scope = 'all'; update organizations set tags = '{bench}'; update sign_in_settings set second_factor = 'optional'",
  )
  await owner.end()
  const integrations = Array.from({ length: 20 }, (_, number) => `bench_${number}`)
  const keyOf = async (name: string, grant: object) => {
    const { answer } = await call<{ key: string }>(api, 'POST', '/keys', { name, grants: [{ role: 'viewer', ...grant }] })
    return { authorization: `Bearer ${answer.key}` }
  }
  const asPerson = async () => {
    const grants = [{ role: 'viewer', reach: { all: true } }]
    const { answer } = await call<{ link: { url: string } }>(api, 'POST', '/people', { name: 'Bench', email: 'bench@msp.example', grants })
    const token = new URLSearchParams(new URL(answer.link.url).hash.slice(1)).get('token')
    const body = { token, password: 'seven brown llamas sing' }
    const { cookies } = await call(api, 'POST', '/session/links/take', body, { origin: api.ready.url })
    return { cookie: cookies.map((line) => line.split(';')[0]).join('; ') }
  }
  bench.say('  making keys and a person')
  return [
    { who: 'the administrator key', headers: { authorization: `Bearer ${adminKey}` } },
    { who: 'a key for all organizations', headers: await keyOf('all', { reach: { all: true } }) },
    { who: 'a key for a tag', headers: await keyOf('tag', { reach: { tags: ['bench'] } }) },
    { who: 'a key for 20 integrations', headers: await keyOf('limited', { reach: { all: true }, integrations }) },
    { who: 'a person in a browser', headers: await asPerson() },
  ]
}

/** The processor time of the API for one request. */
async function cpuOfRequest(api: Api, url: string, headers: Record<string, string>): Promise<number> {
  const requests = () =>
    Array.from({ length: 500 }, () => {
      const mapping = Math.floor(Math.random() * mappings)
      return { path: `/api/organizations/${organizationId(holderOf(mapping))}/integrations/${mappingId(mapping)}` }
    })
  const before = await api.ask<{ cpuMs: number }>()
  const { latencies } = await load({ url, connections, durationMs: maxTurnMs, amount: turnRequests, headers, requests })
  const after = await api.ask<{ cpuMs: number }>()
  return (after.cpuMs - before.cpuMs) / latencies.length
}

/**
 * Who asks and what they may, as a part of a request: processor time of the API, which other work on the machine moves little. The
 * yardstick is the same API in the same process, which takes everybody for the same principal without looking.
 */
export const authorizationRow: Row = {
  name: 'authorization',
  async measure(bench) {
    const databaseUrl = await bench.createDatabase('bench_authorization')
    const api = await startYardstick<Api['ready']>('asking-api', [databaseUrl, adminKey])
    await fillMappings(databaseUrl, mappings)
    const askers = await makeAskers(bench, api, databaseUrl)
    const lines: Line[] = []
    for (const { who, headers } of askers) {
      const measured = await alternate(
        bench.isQuick ? turns / 4 : turns,
        () => cpuOfRequest(api, api.ready.url, headers),
        () => cpuOfRequest(api, api.ready.unaskingUrl, headers),
      )
      const what = `processor time of the API to GET one mapping, ${who} / nobody is asked`
      lines.push(timesLine(what, median(measured.ours), median(measured.yardstick), atMost))
    }
    await api.stop()
    return lines
  },
}
