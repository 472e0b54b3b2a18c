import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, lstat, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { renameDurably } from '../files/kept-files.ts'
import { StartError } from '../start-error.ts'
import type { Account } from './embedded-postgres.account.ts'
import { type Binaries, postgresEnvironment } from './embedded-postgres.binaries.ts'

/** An initialised PostgreSQL data directory and the password of the role `crosswalk`, which owns the database `crosswalk`. */
export type Cluster = { data: string; ownerPassword: string }

/** Turns what PostgreSQL said before it ended into what a person should do. */
export function explainPostgres(output: string, directory: string): StartError {
  if (/No space left on device|Disk quota exceeded/.test(output))
    return new StartError('disk_full', `There is no space left on the disk that holds ${directory}. Free some, and start again.`)
  if (/Read-only file system|Permission denied/.test(output)) {
    return new StartError(
      'data_dir_not_writable',
      `PostgreSQL cannot write to ${directory}. Give the user that runs it the right to, or set CROSSWALK_DATA_DIR to another directory.`,
    )
  }
  if (/could not look up effective user ID/.test(output)) {
    return new StartError(
      'postgres_needs_user',
      'This user has no name in /etc/passwd, which PostgreSQL needs to make a database. Add a line for it there, or set DATABASE_URL to a PostgreSQL server.',
    )
  }
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const telling = lines.findLast((line) => /PANIC|FATAL|error:/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
  return new StartError(
    'embedded_postgres_failed',
    `The embedded PostgreSQL in ${directory} does not start: ${telling.replace(/^.*?(PANIC|FATAL|error):\s*/, '')}. If its files are damaged, put ${directory} back from a backup.`,
  )
}

/** Runs one of PostgreSQL's programs to its end. Resolves to what it wrote, rejects with the explained failure. */
async function runProgram(
  program: string,
  args: string[],
  options: { account: Account | undefined; directory: string; input?: string },
): Promise<string> {
  const child = spawn(program, args, {
    env: postgresEnvironment,
    cwd: options.directory,
    stdio: 'pipe',
    // Ctrl+C in a terminal reaches us alone; what is half made is removed at the next start.
    detached: true,
    ...(options.account && { uid: options.account.uid, gid: options.account.gid }),
  })
  let output = ''
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  // In single-user mode a statement that failed does not show in the exit code.
  if (code !== 0 || /^.*\b(ERROR|FATAL|PANIC): /m.test(output)) throw explainPostgres(output, options.directory)
  return output
}

const newPassword = () => randomBytes(24).toString('base64url')

/**
 * The owner is no superuser, as on a server run by others, so that row-level security and missing rights show here too.
 * It may make databases and end the sessions in them, which tests do.
 */
const makeOwner = (password: string) => `create role crosswalk login createrole createdb password '${password}';

grant pg_signal_backend to crosswalk;

create database crosswalk owner crosswalk;
`

async function makeCluster(directory: string, binaries: Binaries, account: Account | undefined, durable: boolean): Promise<void> {
  const draft = join(directory, `cluster.new-${randomBytes(4).toString('hex')}`)
  const give = async (path: string) => {
    if (account) await chown(path, account.uid, account.gid)
  }
  await mkdir(draft, { mode: 0o700 })
  await give(draft)
  const passwords = { superuser: newPassword(), owner: newPassword() }
  for (const [role, password] of Object.entries(passwords)) {
    const file = join(draft, `${role}-password`)
    await writeFile(file, password, { mode: 0o600, flush: true })
    await give(file)
  }
  const data = join(draft, 'data')
  const settings = ['timezone=UTC', 'log_timezone=UTC', 'scram_iterations=256'] // passwords of 192 random bits need no slow hash
  const args = [
    '--pgdata',
    data,
    '--username',
    'postgres',
    '--pwfile',
    join(draft, 'superuser-password'),
    '--auth',
    'scram-sha-256',
    '--encoding',
    'UTF8',
  ]
  args.push(
    '--locale-provider',
    'builtin',
    '--builtin-locale',
    'C.UTF-8',
    '--locale',
    'C',
    '--no-instructions',
    ...settings.flatMap((setting) => ['-c', setting]),
  )
  if (!durable) args.push('--no-sync')
  await runProgram(binaries.initdb, args, { account, directory: draft })
  const single = ['--single', '-j', ...(durable ? [] : ['-F']), '-c', 'log_checkpoints=off', '-D', data, 'postgres']
  await runProgram(binaries.postgres, single, { account, directory: draft, input: makeOwner(passwords.owner) })
  await renameDurably(draft, join(directory, 'cluster'))
}

/** The owner of a directory of the database that belongs to somebody else than `uid`. Those at the top are enough: a copy has one owner. */
async function findForeignOwner(data: string, uid: number): Promise<number | undefined> {
  const names = await readdir(data)
  for (const path of [dirname(data), data, ...names.map((name) => join(data, name))]) {
    // What another process removes meanwhile is nobody's.
    const found = await lstat(path).catch(() => undefined)
    if (found?.isDirectory() && found.uid !== uid) return found.uid
  }
  return undefined
}

const quoted = (path: string) => `'${path.replaceAll("'", "'\\''")}'`

async function checkOwners(directory: string, data: string, account: Account | undefined): Promise<void> {
  const self = process.getuid?.()
  if (self === undefined || (self === 0 && !account)) return
  const foreign = await findForeignOwner(data, account?.uid ?? self)
  if (foreign === undefined) return
  const remedy = account
    ? `PostgreSQL runs as the user ${account.name} and writes only its own files. Give them to it: chown -R ${account.uid}:${account.gid} ${quoted(directory)}.`
    : `Start Crosswalk as that user or as root, or let root give the files to this user: chown -R ${self} ${quoted(directory)}.`
  throw new StartError(
    'data_dir_not_writable',
    `The database in ${directory} has files that belong to ${foreign === 0 ? 'root' : `the user number ${foreign}`}, as after a copy with cp -r. ${remedy} Copy with cp -a, which keeps owners.`,
  )
}

async function checkCluster(directory: string, data: string, binaries: Binaries, account: Account | undefined): Promise<void> {
  await checkOwners(directory, data, account)
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim()
  if (version === binaries.major) return
  const isNewer = Number(version) > Number(binaries.major)
  throw new StartError(
    isNewer ? 'database_files_newer' : 'database_files_older',
    isNewer
      ? `The database in ${directory} was made by PostgreSQL ${version}, and this version of Crosswalk has ${binaries.major}. Start the newer Crosswalk that made it.`
      : `The database in ${directory} was made by PostgreSQL ${version}, and this version of Crosswalk has ${binaries.major}, which cannot read it. Start the Crosswalk that made it, write the data out with pg_dump, and read it into an empty data directory.`,
  )
}

/**
 * Finds the data directory, or makes it: whole or not at all, whenever this is interrupted. The caller holds the directory's lock.
 *
 * @throws StartError database_files_newer, database_files_older, data_dir_not_writable, disk_full, postgres_needs_user, embedded_postgres_failed
 */
export async function ensureCluster(
  directory: string,
  binaries: Binaries,
  account: Account | undefined,
  durable: boolean,
): Promise<Cluster> {
  const cluster = join(directory, 'cluster')
  const data = join(cluster, 'data')
  for (const name of await readdir(directory)) {
    if (name.startsWith('cluster.new-')) await rm(join(directory, name), { recursive: true, force: true, maxRetries: 10 })
  }
  if (!(await stat(cluster).catch(() => undefined))) await makeCluster(directory, binaries, account, durable)
  try {
    await checkCluster(directory, data, binaries, account)
    return { data, ownerPassword: await readFile(join(cluster, 'owner-password'), 'utf8') }
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(
      'database_files_damaged',
      `The database in ${directory} is not complete (${error instanceof Error ? error.message : error}). Put the directory back from a backup, or move it away to start with an empty database.`,
    )
  }
}
