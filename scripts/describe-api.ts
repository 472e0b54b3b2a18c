// node scripts/describe-api.ts: writes client/openapi.json as the server describes itself. With --check it only says whether that is up to date.
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pino } from 'pino'
import { openDatabase } from '../server/src/platform/database/database.ts'
import { buildApp } from '../server/src/processes/app.ts'
import type { AppDependencies } from '../server/src/processes/app-dependencies.ts'
// Declares errors that routes name; the server imports it anyway.
import '../server/src/values/secrets/keyring.ts'

const file = join(dirname(import.meta.dirname), 'client', 'openapi.json')

/** The description asks for nothing of these, and says so loudly should that change. */
const unused = new Proxy(
  {},
  { get: (_target, name) => () => Promise.reject(new TypeError(`The description of the API needs ${String(name)}.`)) },
)

async function describe(): Promise<string> {
  const db = openDatabase('postgresql://nobody@127.0.0.1:1/nothing')
  const dependencies = {
    db,
    // Listened to, and never told of anything.
    notifications: { on: () => () => {}, onMissed: () => () => {} },
    keyring: unused,
    authenticate: async () => undefined,
    logger: pino({ level: 'silent' }),
  } as unknown as AppDependencies // never asked
  const app = await buildApp(dependencies)
  try {
    const answer = await app.inject('/api/openapi.json')
    if (answer.statusCode !== 200) throw new Error(`The server does not describe itself: ${answer.body}`)
    return `${JSON.stringify(answer.json(), null, 2)}\n`
  } finally {
    await app.close()
    await db.close()
  }
}

const wanted = await describe()
if (!process.argv.includes('--check')) await writeFile(file, wanted)
else if (wanted === (await readFile(file, 'utf8').catch(() => ''))) console.log('The API description is up to date.')
else {
  console.error('client/openapi.json is not what the server says. Run: node scripts/describe-api.ts && node scripts/generate-client.ts')
  process.exitCode = 1
}
