// The API twice in one process, on one database: as it is, and with everybody taken for the same principal unseen. What it answers is the processor time of the process so far.
import { pino } from 'pino'
import { administratorActor } from '../../../server/src/access/auth.ts'
import { installationAuthentication } from '../../../server/src/access/authentication.ts'
import { permissions } from '../../../server/src/access/permissions.ts'
import { openDatabase } from '../../../server/src/platform/database/database.ts'
import { migrate } from '../../../server/src/platform/database/migrate.ts'
import { listen } from '../../../server/src/platform/database/notifications.ts'
import { buildApp } from '../../../server/src/processes/app.ts'
import { openKeyring } from '../../../server/src/values/secrets/keyring.ts'
import { answering } from './answering.ts'

const [databaseUrl = '', adminApiKey = ''] = process.argv.slice(2)
await migrate(databaseUrl)
const logger = pino({ level: 'warn' }, pino.destination(2))
const db = openDatabase(databaseUrl, { maxConnections: 20, name: 'crosswalk bench', logger })
const notifications = await listen(databaseUrl, logger)
const keyring = await openKeyring(db, Buffer.alloc(32, 7).toString('base64'))
const { authenticate } = installationAuthentication({ db, notifications, adminApiKey, idleMinutes: 720, isAdminKeyOff: false })
const dependencies = { db, notifications, keyring, logger, authenticate, maxEventLoopDelayMs: 0 }
const takenFor = {
  actor: administratorActor,
  permission: 'canViewMappings' as const,
  granted: [{ permissions: new Set(permissions), scope: 'allOrganizations' as const }],
}
const [asking, unasking] = [await buildApp(dependencies), await buildApp({ ...dependencies, takenFor })]
const at = { host: '127.0.0.1', port: 0 }

answering({ url: await asking.listen(at), unaskingUrl: await unasking.listen(at) }, async () => {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1_000 }
})
