// A simulated HaloPSA in a process of its own: many customers, in pages as large as asked for, without limits.
import { startHaloSimulator } from '@crosswalk/simulators/halopsa'

const [count] = process.argv.slice(2)
const { url, clientId, clientSecret } = await startHaloSimulator({ count: Number(count), maxPageSize: 1_000, limits: [] })
console.log(JSON.stringify({ url, clientId, clientSecret }))
