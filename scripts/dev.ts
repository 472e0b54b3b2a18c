// npm run dev: everything as `npm start` has it, the workspace loaded again when it changes, and the admin interface with hot reload on port 5173.
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loopback } from '../server/src/platform/egress-rules.ts'
import { readEnvironment } from '../server/src/platform/environment.ts'
import { adminApiKeyFile } from '../server/src/platform/files/data-directory.ts'
import { StartError } from '../server/src/platform/start-error.ts'
import { firstLine, type Platform, root, runProgram, startPlatform, stopProgram } from './processes.ts'

/** A link to the interface's development server that signs a browser in, once. */
async function signInLink(apiUrl: string, adminUrl: string): Promise<string | undefined> {
  const environment = readEnvironment(process.env, root)
  const key = environment.adminApiKey ?? (await readFile(adminApiKeyFile(environment.dataDir), 'utf8').catch(() => '')).trim()
  const answer = await fetch(`${apiUrl}/api/session/tokens`, { method: 'POST', headers: { authorization: `Bearer ${key}` } }).catch(
    () => undefined,
  )
  const { token } = answer?.ok ? ((await answer.json()) as { token: string }) : {} // the API's own answer
  return token && `${adminUrl.replace(/\/+$/, '')}/sign-in#token=${token}`
}

const asked = Promise.withResolvers<void>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.resolve())

let platform: Platform | undefined
let admin: ChildProcess | undefined
let code = 0
try {
  // The interface comes from its sources here, on a port of its own.
  platform = await startPlatform(['--watch'], {
    ...process.env,
    CROSSWALK_BUILD_INTERFACE: 'off',
    // Simulated vendors run beside it.
    CROSSWALK_EGRESS_ALLOW: process.env.CROSSWALK_EGRESS_ALLOW ?? loopback,
  })
  // Log lines of the platform, problems of the workspace's files among them, are what an author watches for.
  platform.child.stderr?.pipe(process.stderr)
  admin = runProgram([join(root, 'scripts/serve-admin.ts')], { ...process.env, CROSSWALK_URL: platform.url })
  admin.stderr?.pipe(process.stderr)
  const adminUrl = await firstLine(admin, /is on (\S+)/)
  admin.stdout?.resume()
  console.log(`The API is on ${platform.url}`)
  const link = adminUrl && (await signInLink(platform.url, adminUrl))
  console.log(adminUrl ? `The admin interface is on ${adminUrl}` : 'The admin interface did not start; its reason stands above.')
  if (link) console.log(`Sign in once with ${link}`)
  console.log('Save a file of the workspace, and it is loaded again. Ctrl+C stops.')
  code = await Promise.race([asked.promise.then(() => 0), platform.ended])
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(error.message)
  code = 1
} finally {
  await stopProgram(admin)
  await stopProgram(platform?.child)
}
process.exit(code)
