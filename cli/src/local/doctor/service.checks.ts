import { type Finding, fail, ok, warn } from './finding.ts'

export type DatabaseFacts =
  | { state: 'stopped' }
  | { state: 'unreachable'; reason: string }
  | {
      state: 'reachable'
      version: string
      versionNumber: number
      missing: readonly string[]
      unknown: readonly string[]
      /** The user of the database may act as each role of the application. */
      hasRoles: boolean
    }

const oldestVersionNumber = 150_000

export function checkDatabase(facts: DatabaseFacts): Finding {
  const check = 'Database'
  if (facts.state === 'stopped') return ok(check, 'embedded; it runs only while Crosswalk does')
  if (facts.state === 'unreachable')
    return fail(
      check,
      `It does not answer: ${facts.reason}.`,
      'Check that PostgreSQL runs and that DATABASE_URL names its host, port, user, password and database.',
    )
  if (facts.versionNumber < oldestVersionNumber)
    return fail(
      check,
      `It is PostgreSQL ${facts.version}, and 15 is the oldest that will do.`,
      'Upgrade it, or unset DATABASE_URL to use the embedded one.',
    )
  return ok(check, `PostgreSQL ${facts.version}`)
}

export function checkSchema(facts: DatabaseFacts): Finding {
  const check = 'Database schema'
  if (facts.state !== 'reachable') return ok(check, 'not looked at')
  if (facts.unknown.length > 0)
    return fail(
      check,
      `A newer version of Crosswalk made it (${facts.unknown.join(', ')}).`,
      'Start that version, or restore a backup from before the upgrade.',
    )
  if (facts.missing.length > 0)
    return fail(
      check,
      `${facts.missing.length} changes are missing (${facts.missing.join(', ')}).`,
      'Run: crosswalk migrate, or crosswalk start, which does it too.',
    )
  if (!facts.hasRoles)
    return fail(
      check,
      'The user in DATABASE_URL may not act as the role crosswalk_listed, or that role has not what crosswalk_app has.',
      'Have the administrator of the database run: grant crosswalk_app to crosswalk_listed; grant crosswalk_app, crosswalk_listed to <your user>;',
    )
  return ok(check, 'up to date')
}

export type MasterKeyFacts =
  /** `wrappedBy`: the vault's key that opened it just now. */
  | { state: 'not_looked_at' | 'unbound' | 'fits'; wrappedBy?: string | undefined }
  | { state: 'missing' }
  | { state: 'mismatch' | 'closed'; reason: string }

export function checkMasterKeyFits(facts: MasterKeyFacts): Finding {
  const check = 'Master key fits'
  const wrapped = 'wrappedBy' in facts && facts.wrappedBy !== undefined ? `; wrapped by ${facts.wrappedBy}, and it opens` : ''
  switch (facts.state) {
    case 'fits':
      return ok(check, `it opens the stored secrets${wrapped}`)
    case 'unbound':
      return ok(check, `nothing is encrypted yet${wrapped}`)
    case 'not_looked_at':
      return ok(check, `not looked at${wrapped}`)
    case 'missing':
      return fail(
        check,
        'The database holds secrets, and there is no master key.',
        'Put back master.key from a backup, or set CROSSWALK_MASTER_KEY.',
      )
    case 'closed':
      return fail(check, facts.reason, 'What runs now has the key and works on; the next start, and unwrapping, need the vault.')
    case 'mismatch':
      return fail(
        check,
        facts.reason,
        'Put back the key that belongs to this database: CROSSWALK_MASTER_KEY, or master.key in the data directory.',
      )
  }
}

export type ServerFacts = {
  url: string
  /** Where `start` said it is; null where nothing was left behind. */
  said: { url: string; pid: number } | null
  answers: boolean
}

export function checkRunning({ url, said, answers }: ServerFacts): Finding {
  const check = 'Running'
  if (answers) return ok(check, `yes, at ${url}`)
  if (said)
    return warn(
      check,
      `Process ${said.pid} said it is at ${said.url}, and does not answer.`,
      'It may have been killed, or is starting or stopping. Start it again with: crosswalk start',
    )
  return ok(check, 'no; start it with: crosswalk start')
}

export type PortFacts = { host: string; port: number; state: 'free' | 'ours' | 'taken' | 'not_allowed' | 'no_such_address' }

export function checkPort({ host, port, state }: PortFacts): Finding {
  const check = 'Port'
  if (port === 0) return ok(check, 'the system chooses one')
  switch (state) {
    case 'free':
      return ok(check, `${port} on ${host} is free`)
    case 'ours':
      return ok(check, `${port} on ${host} is ours`)
    case 'taken':
      return fail(check, `Another program listens on ${port} of ${host}.`, 'Stop it, or set CROSSWALK_PORT to another port.')
    case 'not_allowed':
      return fail(check, `This user may not listen on ${port}.`, 'Set CROSSWALK_PORT to a port above 1023.')
    case 'no_such_address':
      return fail(check, `This machine has no address ${host}.`, 'Set CROSSWALK_HOST to one that it has, such as 127.0.0.1 or 0.0.0.0.')
  }
}

/** @param answer what `/readyz` said of its worker; undefined where nothing runs */
export function checkWorker(answer: string | undefined): Finding {
  if (answer === undefined) return ok('Worker', 'not looked at: Crosswalk does not run')
  return answer === 'ok'
    ? ok('Worker', 'alive')
    : fail(
        'Worker',
        'No worker is alive, so nothing that is started runs.',
        'Start one with: crosswalk worker. The log says why one ended.',
      )
}

/**
 * @param answer what `/readyz` said of the boundary around author code; undefined where nothing runs
 * @param layers what holds on each host, in sentences
 */
export function checkSandbox(answer: string | undefined, layers: readonly string[] = []): Finding {
  const check = 'Author code'
  if (answer === undefined) return ok(check, 'not looked at: Crosswalk does not run')
  if (answer === 'ok') return ok(check, layers.length > 0 ? layers.join(' ') : 'confined by the operating system')
  return warn(check, `The operating system does not confine it: ${answer}`, 'docs/security.md says what each layer needs.')
}

/** @param problems undefined where nothing runs, or its key is not known */
export function checkWorkspaceLoads(problems: readonly { file: string; reason: string }[] | undefined): Finding {
  if (problems === undefined) return ok('Workspace loads', 'not looked at: Crosswalk does not run, or its API key is not known')
  if (problems.length === 0) return ok('Workspace loads', 'every file')
  const list = problems.map(({ file, reason }) => `${file}: ${reason}`).join('; ')
  return fail(
    'Workspace loads',
    `${problems.length === 1 ? 'One file is' : `${problems.length} files are`} not loaded. ${list}`,
    'Mend the files: a worker started with --watch loads them again by itself.',
  )
}
