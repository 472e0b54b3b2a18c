import { z } from 'zod'
import { isGranted, type Principal } from '../access/principal.ts'
import { reachesAll } from '../access/reach.ts'
import { getWorkspaceState, type WorkspaceState } from '../definitions/missing-definitions.ts'
import type { Database } from '../platform/database/database.ts'
import { missingMigrations } from '../platform/database/migrate.ts'
import { isReadOnly } from '../platform/database/outages.ts'
import { countLiveWorkers, listSandboxLayers, listSandboxProblems } from './health.queries.ts'

/** What can be wrong, in a word that tells nothing of hosts, files and names. */
const problemCodes = [
  'database_unavailable',
  'database_read_only',
  'disk_full',
  'migrations_missing',
  'no_worker',
  'secret_vault_unreachable',
  'sandbox_incomplete',
  'workspace_problems',
  'unknown',
] as const

/** What is wrong: a word for everybody, and a sentence for those who look after the installation. */
type Problem = { code: (typeof problemCodes)[number]; sentence: string }
type CheckName = 'database' | 'schema' | 'worker' | 'secrets' | 'sandbox' | 'workspace'
type Layers = Awaited<ReturnType<typeof listSandboxLayers>>
export type Readiness = { isReady: boolean; problems: Partial<Record<CheckName, Problem>>; layers: Layers }

const check = z.string().describe(`\`ok\`, or what is wrong: a sentence, or for others one of ${problemCodes.join(', ')}.`)
export const readinessView = z.object({
  ready: z.boolean(),
  checks: z
    .object({
      database: check,
      schema: check,
      worker: check,
      secrets: check.describe('Of the vault that holds secrets. What needs none works all the same.'),
      sandbox: check.describe('Of the boundary around author code. Work is done all the same.'),
      workspace: check.describe('Of the files of the workspace. It is not ready only where nothing loads at all.'),
    })
    .describe('`ok`, or what is wrong: a sentence for this machine and for those who may see all organizations, and a code for others.'),
  author_code: z
    .array(z.object({ host: z.string(), workers: z.int(), layers: z.string() }))
    .describe('What confines author code on each host that has workers, in a sentence. Empty for others.'),
})

const maxNamed = 10

/** What live workers miss, each host once. */
async function sandboxProblem(db: Database): Promise<Problem | undefined> {
  const rows = await listSandboxProblems(db, maxNamed)
  if (rows.length === 0) return undefined
  return { code: 'sandbox_incomplete', sentence: rows.map(({ host, sandbox_problem }) => `on ${host}: ${sandbox_problem}`).join(' ') }
}

/** Files and names, and no reasons: an error may say anything. */
function workspaceProblem({ loaded, problems, missing }: WorkspaceState): Problem | undefined {
  const broken = problems.filter((problem) => !problem.isWarning)
  if (broken.length + missing.length === 0) return undefined
  const files = [...new Set(broken.map(({ file }) => file))]
  const since = [...broken, ...missing].reduce((first, item) => (item.since < first ? item.since : first), new Date()).toISOString()
  const list = (names: string[]) =>
    `${names.slice(0, maxNamed).join(', ')}${names.length > maxNamed ? `, and ${names.length - maxNamed} more` : ''}`
  const ofFiles = files.length > 0 ? `these files have problems: ${list(files)}. ` : ''
  const ofMissing = missing.length > 0 ? `these were there and do not load: ${list(missing.map(({ name }) => name))}. ` : ''
  const nothing = loaded === 0 ? 'nothing of the workspace loads. ' : ''
  return { code: 'workspace_problems', sentence: `since ${since} ${nothing}${ofFiles}${ofMissing}See \`crosswalk workspace show\`.` }
}

const unknown: Problem = { code: 'unknown', sentence: 'unknown' }

/**
 * Whether work can be done, and what is wrong.
 *
 * @param vaultCheck `ok`, or what is wrong with the vault that holds secrets
 */
export async function lookAtReadiness(db: Database, vaultCheck: () => Promise<string>): Promise<Readiness> {
  const problems: Readiness['problems'] = {}
  const sentence = await vaultCheck()
  if (sentence !== 'ok') problems.secrets = { code: 'secret_vault_unreachable', sentence }
  try {
    const missing = await missingMigrations(db)
    if (db.outages.isDiskFull) problems.database = { code: 'disk_full', sentence: 'the disk of the database is full.' }
    if (missing.length > 0) {
      // What is asked below may need what is missing.
      const names = `migrations are missing: ${missing.join(', ')}. Run \`crosswalk migrate\`.`
      return { isReady: false, problems: { ...problems, schema: { code: 'migrations_missing', sentence: names } }, layers: [] }
    }
    const [workers, workspace, sandbox, layers] = await Promise.all([
      countLiveWorkers(db),
      getWorkspaceState(db),
      sandboxProblem(db),
      listSandboxLayers(db, maxNamed),
    ])
    const ofWorkspace = workspaceProblem(workspace)
    if (ofWorkspace) problems.workspace = ofWorkspace
    if (sandbox) problems.sandbox = sandbox
    if (workers === 0) problems.worker = { code: 'no_worker', sentence: 'no worker is alive. Start one with `crosswalk worker`.' }
    const isUsable = workspace.loaded > 0 || !ofWorkspace
    return { isReady: isUsable && !problems.database && !problems.worker, problems, layers }
  } catch (error) {
    const database: Problem = isReadOnly(error)
      ? { code: 'database_read_only', sentence: 'the database is read-only, as a standby is.' }
      : { code: 'database_unavailable', sentence: 'the database does not answer.' }
    const others = { schema: unknown, worker: unknown, sandbox: unknown, workspace: unknown }
    return { isReady: false, problems: { ...problems, ...others, database }, layers: [] }
  }
}

/** Hosts and files are of the installation, and for those who work with all of it. */
export function mayReadDetails(principal: Principal | undefined): boolean {
  return principal !== undefined && isGranted(principal, 'canViewCatalogue') && reachesAll(principal, 'canViewCatalogue')
}

/** @param withDetails false for those who may know that something is wrong, and not where */
export function viewOfReadiness({ isReady, problems, layers }: Readiness, withDetails: boolean): z.input<typeof readinessView> {
  const shown = (problem: Problem | undefined) => (problem === undefined ? 'ok' : withDetails ? problem.sentence : problem.code)
  const checks = {
    database: shown(problems.database),
    schema: shown(problems.schema),
    worker: shown(problems.worker),
    secrets: shown(problems.secrets),
    sandbox: shown(problems.sandbox),
    workspace: shown(problems.workspace),
  }
  return { ready: isReady, checks, author_code: withDetails ? layers : [] }
}
