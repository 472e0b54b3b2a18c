import { join } from 'node:path'
import { adminApiKeyFile } from '@crosswalk/server/data-directory'
import { readEnvironment } from '@crosswalk/server/environment'
import type { Terminal } from '../../output/terminal.ts'
import { findConnection } from '../connection.ts'
import { checkAuditSinks } from './audit.checks.ts'
import type { Finding } from './finding.ts'
import { lookAtDatabase } from './look-at-database.ts'
import {
  isFolder,
  lookAtDataDirectory,
  lookAtDiskSpace,
  lookAtPort,
  lookForPinnedNode,
  lookForPostgres,
  modeOf,
} from './look-at-machine.ts'
import { lookAtServer, lookAtWorker, lookAtWorkspace } from './look-at-service.ts'
import { lookAtSinks } from './look-at-sinks.ts'
import { lookAtVault } from './look-at-vault.ts'
import {
  checkDataDirectory,
  checkDiskSpace,
  checkKeyFile,
  checkNode,
  checkPostgresBinaries,
  checkWorkspaceFolder,
} from './machine.checks.ts'
import { checkExpiring, checkVault } from './secrets.checks.ts'
import {
  checkDatabase,
  checkMasterKeyFits,
  checkPort,
  checkRunning,
  checkSandbox,
  checkSchema,
  checkWorker,
  checkWorkspaceLoads,
} from './service.checks.ts'

/** Looks at this machine and what runs on it. Changes nothing. */
export async function examine(terminal: Terminal): Promise<Finding[]> {
  const environment = readEnvironment(terminal.env, terminal.cwd)
  const { dataDir, databaseUrl, host, port, workspaceDir } = environment
  // Another installation, which the environment may point at, is none of this machine's.
  const here = { cwd: terminal.cwd, env: { ...terminal.env, CROSSWALK_URL: '', CROSSWALK_API_KEY: '' } }
  const connection = await findConnection(here).catch(() => undefined)
  const url = connection?.baseUrl ?? `${environment.tls ? 'https' : 'http'}://${host}:${port}`
  const server = await lookAtServer(url, dataDir)
  const isPortOurs = server.answers && Number(new URL(url).port) === port
  const keyFile = async (path: string, variable: string, value: unknown) => ({
    path,
    mode: await modeOf(path),
    variable,
    isVariableSet: value !== null,
  })
  const call = { ...(connection ? { connection } : {}), signal: AbortSignal.any([terminal.signal, AbortSignal.timeout(5_000)]) }
  const database = await lookAtDatabase(environment)
  const workers = server.answers ? await lookAtWorker(url, call) : undefined
  return [
    checkNode(process.versions.node, await lookForPinnedNode()),
    checkDataDirectory(await lookAtDataDirectory(dataDir)),
    checkKeyFile('Master key', await keyFile(join(dataDir, 'master.key'), 'CROSSWALK_MASTER_KEY', environment.masterKey)),
    checkKeyFile('Admin API key', await keyFile(adminApiKeyFile(dataDir), 'CROSSWALK_ADMIN_API_KEY', environment.adminApiKey)),
    checkDiskSpace(dataDir, await lookAtDiskSpace(dataDir)),
    checkPostgresBinaries(databaseUrl === null, await lookForPostgres(join(dataDir, 'postgres'))),
    checkWorkspaceFolder(workspaceDir, await isFolder(workspaceDir)),
    checkRunning(server),
    checkPort(await lookAtPort(host, port, isPortOurs)),
    checkDatabase(database.database),
    checkSchema(database.database),
    checkMasterKeyFits(database.masterKey),
    checkVault(environment.secretsBackend, await lookAtVault(environment)),
    checkExpiring(database.expiring, new Date()),
    checkWorker(workers?.worker),
    checkSandbox(workers?.sandbox, workers?.layers),
    checkWorkspaceLoads(server.answers && connection ? await lookAtWorkspace(call) : undefined),
    checkAuditSinks(server.answers && connection ? await lookAtSinks(call) : undefined),
  ]
}
