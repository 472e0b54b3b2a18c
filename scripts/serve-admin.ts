// node scripts/serve-admin.ts: the admin interface on port 5173 with hot reload, for `npm run dev`. CROSSWALK_URL says where the API is.
import { dirname, join } from 'node:path'
import { createServer } from 'vite'

const admin = join(dirname(import.meta.dirname), 'admin')
const server = await createServer({ root: admin, configFile: join(admin, 'vite.config.ts'), logLevel: 'warn' })
await server.listen()
const url = server.resolvedUrls?.local[0]
if (process.send) process.send({ type: 'ready', url })
else console.log(`The admin interface is on ${url}`)

let isStopping = false
async function stop(): Promise<void> {
  if (isStopping) return
  isStopping = true
  await server.close()
  process.exit(0)
}
process.on('message', () => void stop())
process.on('disconnect', () => void stop())
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop())
