// Who may reach what is decided in server/src/access alone, and what spans all organizations says why: read from the code itself.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Where `allOrganizations` may be written, and why. Whatever is shown to someone runs in the scope of the principal instead
 * (`scopeOf`), which row-level security enforces. A folder ends with a slash; a file has just so many uses.
 */
const acrossAll: readonly { place: string; uses?: number; reason: string }[] = [
  { place: 'server/src/access/principal.ts', uses: 3, reason: 'It is what a grant for all organizations comes to.' },
  { place: 'server/src/access/authentication.ts', uses: 1, reason: 'The administrator key belongs to no organization.' },
  { place: 'server/src/access/callers.ts', uses: 2, reason: 'What someone was granted is read before there is a scope.' },
  { place: 'server/src/access/granting.ts', uses: 1, reason: 'Grants belong to no organization.' },
  { place: 'server/src/access/grants.queries.ts', uses: 2, reason: 'What someone was granted is read before there is a scope.' },
  { place: 'server/src/access/keys.ts', uses: 4, reason: 'A key belongs to no organization.' },
  { place: 'server/src/access/keys.queries.ts', uses: 4, reason: 'A key belongs to no organization, and is read before there is a scope.' },
  { place: 'server/src/access/device-sign-ins.ts', uses: 4, reason: 'A command line signs in to the installation.' },
  { place: 'server/src/access/device-sign-ins.queries.ts', uses: 1, reason: 'A command line signs in to the installation.' },
  { place: 'server/src/access/own-roles.ts', uses: 3, reason: 'A role belongs to no organization.' },
  { place: 'server/src/access/roles.queries.ts', uses: 1, reason: 'A role belongs to no organization.' },
  { place: 'server/src/access/sessions.ts', uses: 5, reason: 'A session belongs to no organization.' },
  { place: 'server/src/access/sessions.queries.ts', uses: 3, reason: 'A session belongs to no organization.' },
  {
    place: 'server/src/approvals/deciding.ts',
    uses: 1,
    reason: 'What is woken may be of a batch, which belongs to no single organization.',
  },
  { place: 'server/src/audit/audit-chain.ts', uses: 1, reason: 'The chain is of the events of all organizations.' },
  { place: 'server/src/audit/sinks/', reason: 'What is sent on is all of the audit, to where the operator says.' },
  { place: 'server/src/audit/audit-chain.queries.ts', uses: 5, reason: 'The chain is of the events of all organizations.' },
  { place: 'server/src/audit/refusals.ts', uses: 2, reason: 'An address or a request that was refused belongs to no organization.' },
  { place: 'server/src/batches/expansion.ts', uses: 1, reason: "A worker submits a batch's executions for all of its organizations." },
  { place: 'server/src/batches/expansion.queries.ts', uses: 2, reason: 'A worker looks for batches to continue, of all organizations.' },
  {
    place: 'server/src/discovery/planned-discoveries.queries.ts',
    uses: 1,
    reason: 'When the next daily discovery is due is one time for the installation.',
  },
  {
    place: 'server/src/discovery/planned-discoveries.ts',
    uses: 2,
    reason: 'A worker plans the daily discoveries of all lists, the global one too.',
  },
  {
    place: 'server/src/history/queued.queries.ts',
    uses: 3,
    reason: 'An execution waits behind those of all organizations; which they are is shown within reach.',
  },
  {
    place: 'server/src/history/retrying.ts',
    uses: 1,
    reason: 'A retry takes its place in a batch, which belongs to no single organization.',
  },
  { place: 'server/src/budgets/', reason: 'A budget is of a credential, which calls of all organizations may use.' },
  { place: 'server/src/exchanges/traffic.queries.ts', uses: 1, reason: 'Figures of vendors are of the installation.' },
  { place: 'server/src/credentials/tokens/renewals.queries.ts', uses: 2, reason: 'Figures of renewals are of the installation.' },
  {
    place: 'server/src/exchanges/exchange-writer.ts',
    uses: 1,
    reason: 'A worker keeps what executions of all organizations asked of vendors; each row takes the organization of its execution.',
  },
  { place: 'server/src/definitions/', reason: 'What the workspace publishes belongs to no organization.' },
  {
    place: 'server/src/engine/',
    reason: "The worker's queue, leases and journals are of all organizations; each row says which one it is for.",
  },
  {
    place: 'server/src/matching/matching.queries.ts',
    uses: 3,
    reason: 'What another organization holds, may want or is elsewhere is compared, and not proposed; nothing of it is shown.',
  },
  { place: 'server/src/organizations/organization-fields.ts', uses: 3, reason: 'A custom field is of every organization.' },
  { place: 'server/src/organizations/organization-fields.queries.ts', uses: 1, reason: 'A custom field is of every organization.' },
  {
    place: 'server/src/organizations/organizations.queries.ts',
    uses: 1,
    reason: 'Which organizations have a tag is asked before there is a scope.',
  },
  { place: 'server/src/overview/health.queries.ts', uses: 4, reason: 'Health, layers and figures are of the installation.' },
  { place: 'server/src/people/', reason: 'People, and how they sign in, are of the installation; managing them takes all organizations.' },
  { place: 'server/src/platform/database/', reason: 'The scope itself, and the migrations that are applied.' },
  { place: 'server/src/processes/refused-connections.ts', uses: 1, reason: 'A global run belongs to no organization.' },
  {
    place: 'server/src/schedules/firing.ts',
    uses: 5,
    reason: 'A schedule is for all organizations, and is changed and run by those who have all.',
  },
  {
    place: 'server/src/schedules/offered-parameters.ts',
    uses: 1,
    reason: 'A schedule is for all organizations, and is changed and run by those who have all.',
  },
  {
    place: 'server/src/schedules/setting.ts',
    uses: 2,
    reason: 'A schedule is for all organizations, and is changed and run by those who have all.',
  },
  {
    place: 'server/src/schedules/schedules.queries.ts',
    uses: 1,
    reason: 'A schedule is of no single organization; its view leaves out the organizations that are out of reach.',
  },
  { place: 'server/src/upkeep/', reason: 'Retention is for all organizations.' },
  { place: 'server/src/values/value-scope.ts', uses: 1, reason: 'A global value belongs to no organization.' },
  { place: 'server/src/values/secrets/platform-secrets.ts', uses: 1, reason: 'Secrets of the platform are of the installation.' },
  { place: 'server/src/values/secrets/platform-secrets.queries.ts', uses: 1, reason: 'Secrets of the platform are of the installation.' },
  { place: 'server/src/values/secrets/keyring.ts', uses: 1, reason: 'The master key is of the installation.' },
  {
    place: 'server/src/values/secrets/secret-reads.queries.ts',
    uses: 2,
    reason: 'A worker continues with an execution of any organization.',
  },
  {
    place: 'server/src/credentials/connections/connections.queries.ts',
    uses: 1,
    reason: 'A browser that is back from a vendor says by that alone whose connection it is.',
  },
  {
    place: 'server/src/credentials/connections/links.queries.ts',
    uses: 1,
    reason: 'Who has a link to connect says by that alone whose connection it is.',
  },
  { place: 'server/src/values/secrets/master-keys.queries.ts', uses: 1, reason: 'The master key is of the installation.' },
  { place: 'server/src/values/secrets/rotation.ts', uses: 7, reason: 'A rotation seals every secret again.' },
  { place: 'server/src/values/secrets/move.ts', uses: 2, reason: 'A move is of every secret.' },
  { place: 'server/src/values/secrets/move.queries.ts', uses: 1, reason: 'A move is of every secret.' },
  {
    place: 'server/src/values/secrets/secrets.ts',
    uses: 1,
    reason: 'Whether a name is being removed from the vault tells nothing of anyone.',
  },
  { place: 'server/src/values/secrets/vault/vault-removals.queries.ts', uses: 3, reason: 'The vault is of the installation.' },
  { place: 'cli/src/local/doctor/', reason: 'The doctor looks at the installation.' },
]

type SourceFile = { path: string; text: string }

/** The server and the CLI, tests aside. */
export function sourceFiles(root: string): SourceFile[] {
  const isTest = (path: string) => /\.test\.ts$|(^|\/)testing\//.test(path)
  return globSync('{server,cli}/src/**/*.ts', { cwd: root })
    .filter((path) => !isTest(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

// A comparison asks which scope it is, and opens none.
const usePattern = /(?<![!=]== )'allOrganizations'/g
const readPattern =
  /\bprincipal\b\??\.(granted|grants|organizations|permissions)\b|\{[^{}\n]*\b(granted|grants)\b[^{}\n]*\}\s*(:\s*Principal|=\s*(request\.)?principal)\b/
const reachPattern = /\btype\s+Reach\b\s*=/

/** What breaks the rules, one sentence each. */
export function brokenAccessRules(files: readonly SourceFile[]): string[] {
  const broken: string[] = []
  for (const { path, text } of files) {
    const uses = text.match(usePattern)?.length ?? 0
    const allowed = acrossAll.find(({ place }) => (place.endsWith('/') ? path.startsWith(place) : path === place))
    if (uses > 0 && !allowed) {
      broken.push(
        `${path} works across all organizations. Use the principal's scope, or add it to scripts/access-rules.ts with its reason.`,
      )
    } else if (allowed?.uses !== undefined && uses !== allowed.uses) {
      broken.push(`${path} works ${uses} times across all organizations, and scripts/access-rules.ts has reasons for ${allowed.uses}.`)
    }
    if (path.startsWith('server/src/access/')) continue
    const read = readPattern.exec(text)
    if (read) broken.push(`${path} reads what a principal was granted (${read[0]}). Ask server/src/access/ instead.`)
    if (reachPattern.test(text)) broken.push(`${path} declares a Reach of its own. There is one, in server/src/access/grants.ts.`)
  }
  for (const { place } of acrossAll) {
    if (!files.some(({ path }) => path.startsWith(place))) broken.push(`scripts/access-rules.ts names ${place}, which is not there.`)
  }
  return broken
}
