import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { giveToOwnerOf } from '../files/kept-files.ts'
import type { Account } from './embedded-postgres.account.ts'
import { type Binaries, postgresEnvironment } from './embedded-postgres.binaries.ts'
import { watchOver } from './watch-over.ts'

/** What every run of one cluster has in common. */
export type Launch = { binaries: Binaries; account: Account | undefined; data: string; logFile: string; durable: boolean }

/** One running PostgreSQL. */
export type Server = { pid: number; process: ChildProcess /** Resolves when it has ended, to the reason. */; ended: Promise<string> }

const pollMs = 10
const maxLogBytes = 5_000_000

/** For a small machine: little memory while idle, no parallelism that two cores could not serve. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '64MB',
  io_method: 'sync',
  max_worker_processes: '4',
  max_parallel_workers: '2',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '2',
  autovacuum_worker_slots: '4',
  max_wal_size: '512MB',
  jit: 'off',
  log_checkpoints: 'off',
  log_min_messages: 'warning',
  // Behind the time and the process: for which request or execution a statement was.
  log_line_prefix: '%m [%p] %q%a ',
}
/** For tests, many of which share one. */
const carelessSettings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' }

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function readPidFile(data: string): Promise<string[]> {
  return (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
}

/** Whether the process is a PostgreSQL on this data directory, and not another program that got the number since. */
async function isPostgresOn(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').includes(data)
  const listing = spawn('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] })
  let command = ''
  listing.stdout.on('data', (chunk: Buffer) => {
    command += chunk.toString()
  })
  await once(listing, 'close').catch(() => {})
  return command.includes(data)
}

/** Sends the signals one after the other, the next where the last did not do within its time, until it is over. */
async function endWith(signals: [NodeJS.Signals, number][], pid: number, isOver: () => boolean | Promise<boolean>): Promise<void> {
  for (const [signal, patienceMs] of signals) {
    if (await isOver()) return
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    const deadline = Date.now() + patienceMs
    while (Date.now() < deadline && !(await isOver())) await delay(pollMs)
  }
}

/** Fast shutdown, then immediate, then none of its own: after the last two PostgreSQL recovers at the next start. */
const stopSignals: [NodeJS.Signals, number][] = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
]

/**
 * Deals with what an earlier start left behind when it was killed: ends a PostgreSQL that still runs on the data,
 * and takes away a pid file whose number belongs to another program by now, which PostgreSQL would take for a running server.
 *
 * @returns true if one was running.
 */
export async function endLeftover(data: string): Promise<boolean> {
  const pid = Number((await readPidFile(data))[0])
  if (!Number.isInteger(pid) || pid <= 0) return false
  if (await isPostgresOn(pid, data)) {
    await endWith(stopSignals, pid, async () => !(await isPostgresOn(pid, data)))
    return true
  }
  // Safe also while its own children are still leaving: PostgreSQL finds their shared memory without this file.
  if (isAlive(pid)) await rm(join(data, 'postmaster.pid'), { force: true })
  return false
}

/** Opens the log to append to; what is old and long is kept once. */
async function openLog(file: string) {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0
  if (size > maxLogBytes) await rename(file, `${file}.old`)
  const log = await open(file, 'a', 0o600)
  await giveToOwnerOf(dirname(file), log)
  return log
}

async function lastWords(file: string, from: number): Promise<string> {
  const text = await readFile(file).catch(() => Buffer.alloc(0))
  return text.subarray(from).subarray(-20_000).toString()
}

/**
 * Starts PostgreSQL and waits until it accepts connections, which after a crash is when it has recovered.
 * It runs in a session of its own, so that Ctrl+C in a terminal does not stop it before what uses it.
 *
 * @param signal gives up the wait, and the server with it.
 * @returns the server, or what it said before it ended.
 */
export async function launch(
  { binaries, account, data, logFile, durable }: Launch,
  port: number,
  signal?: AbortSignal,
): Promise<Server | { failure: string }> {
  const chosen = { ...settings, ...(durable ? {} : carelessSettings), port: String(port) }
  const args = ['-D', data, ...Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const log = await openLog(logFile)
  const from = (await log.stat()).size
  const child = spawn(binaries.postgres, args, {
    env: postgresEnvironment,
    cwd: data,
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
    ...(account && { uid: account.uid, gid: account.gid }),
  })
  let end: string | undefined
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ? `killed by ${signal}` : `exit code ${code}`))
  }).then((reason) => (end = reason))
  child.unref()
  await log.close()
  const pid = child.pid
  if (pid === undefined) return { failure: await ended }
  const dismissWatch = watchOver(pid, 'INT', 'crosswalk-postgres-watch')
  void ended.then(dismissWatch)
  while (end === undefined) {
    if (signal?.aborted) child.kill('SIGINT')
    const lines = await readPidFile(data)
    if (lines[0] === String(pid) && lines[7]?.trim() === 'ready') return { pid, process: child, ended }
    await delay(pollMs)
  }
  return { failure: `${await lastWords(logFile, from)}\n` }
}

/** Ends the server: orderly, or at once, in which case it recovers at the next start. Bounded in time. */
export async function endServer(server: Server, isUrgent: boolean): Promise<void> {
  let isOver = false
  void server.ended.then(() => {
    isOver = true
  })
  await endWith(isUrgent ? stopSignals.slice(1) : stopSignals, server.pid, () => isOver)
}
