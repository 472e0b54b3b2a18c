// A simulated vendor in a process of its own, with pages as large as asked for and no limits but those that the integration keeps to. Several
// accounts have the same customers, at an address each.
import { simulations } from '@crosswalk/simulators/simulate'

const [name = '', customers, accounts] = process.argv.slice(2)
const start = simulations[name]
if (!start) throw new TypeError(`There is no simulator of ${name}.`)
const started = []
for (let account = 0; account < Number(accounts); account++) {
  const { url, config, secrets } = await start({ count: Number(customers), maxPageSize: 1_000, limits: [] })
  started.push({ url, config, secrets })
}
console.log(JSON.stringify(started))
