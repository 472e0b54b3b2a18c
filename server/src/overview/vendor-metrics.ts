import { Counter, Gauge, type Registry } from 'prom-client'
import { vendorFigures } from '../budgets/vendor-figures.ts'
import { tokenRenewals } from '../credentials/tokens/renewals.ts'
import { vendorTraffic } from '../exchanges/traffic.ts'
import type { Database } from '../platform/database/database.ts'

/** The metrics of one scrape, which read the same, read it once. Where the database does not answer, nothing is told. */
function sharedReading<Row>(read: () => Promise<Row[]>): () => Promise<Row[]> {
  let reading: Promise<Row[]> | undefined
  return () => {
    reading ??= read()
      .catch(() => [])
      .finally(() => {
        reading = undefined
      })
    return reading
  }
}

/** What workers ask of vendors, as the database knows it. */
export function vendorMetrics(db: Database, registry: Registry): void {
  const traffic = sharedReading(() => vendorTraffic(db))
  const vendors = sharedReading(() => vendorFigures(db))
  const labelNames = ['integration', 'host'] as const

  new Counter({
    name: 'crosswalk_vendor_requests_total',
    help: 'Requests of context.http that are over, by status, or by the kind of failure where there was no answer.',
    labelNames: [...labelNames, 'outcome'],
    registers: [registry],
    async collect() {
      const rows = await traffic()
      this.reset()
      for (const { integration, host, outcome, calls } of rows) this.inc({ integration, host, outcome }, calls)
    },
  })
  new Counter({
    name: 'crosswalk_token_renewals_total',
    help: 'Requests for tokens of vendors, by how they ended: renewed, or the kind of failure.',
    labelNames: [...labelNames, 'outcome'],
    registers: [registry],
    async collect() {
      const rows = await tokenRenewals(db).catch(() => [])
      this.reset()
      for (const { integration, host, outcome, renewals } of rows) this.inc({ integration, host, outcome }, renewals)
    },
  })
  for (const [name, help, column] of [
    ['crosswalk_vendor_wait_seconds_total', 'How long those waited for the budget of the vendor.', 'waited_ms'],
    ['crosswalk_vendor_seconds_total', 'How long those took at the vendor.', 'duration_ms'],
  ] as const)
    new Counter({
      ...{ name, help, labelNames, registers: [registry] },
      async collect() {
        const rows = await traffic()
        this.reset()
        for (const { integration, host, ...sums } of rows) this.inc({ integration, host }, sums[column] / 1_000)
      },
    })
  for (const [name, help, column] of [
    ['crosswalk_vendor_waiting', 'Calls that wait for the budget of a vendor.', 'waiting'],
    ['crosswalk_vendor_paused', 'Credentials whose calls the vendor asked to wait.', 'paused'],
    ['crosswalk_vendor_down', '1 where the vendor is not called for now, since calls to it fail.', 'down'],
  ] as const)
    new Gauge({
      ...{ name, help, labelNames, registers: [registry] },
      async collect() {
        const rows = await vendors()
        this.reset()
        for (const { integration, host, ...figures } of rows) this.set({ integration, host }, figures[column])
      },
    })
}
