import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

/** Programs of the repository, run as its scripts run them. */
const root = dirname(dirname(import.meta.dirname))
const adminApiKey = 'bench-bench-bench-bench'

/** A platform of the bench's own: loopback, a free port, its own data directory and workspace. */
export type Installation = {
  url: string
  pid: number
  headers: Record<string, string>
  databaseUrl: string
  /** From the start of the process until it said where it listens. */
  readyAfterMs: number
  /** Calls the API. @throws Error what it answers when it refuses */
  call<Answer>(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Answer>
  stop(): Promise<void>
}

/** A process that ends with this one, even where this one is killed. */
export function startProgram(program: string, args: string[], env: NodeJS.ProcessEnv, input: 'pipe' | 'ignore' = 'ignore'): ChildProcess {
  const options = ['--disable-warning=ExperimentalWarning', '--import', join(root, 'scripts', 'end-with-parent.mjs')]
  return spawn(process.execPath, [...options, join(root, program), ...args], {
    env: { ...env, CROSSWALK_PARENT: String(process.pid) },
    stdio: [input, 'pipe', 'pipe'],
  })
}

export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** The first line of a program's output that the pattern finds something in. @throws Error with its last words, where it ends before */
export async function lineOf(child: ChildProcess, pattern: RegExp): Promise<string> {
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4_000)
  })
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const found = pattern.exec(line)?.[1]
    if (found !== undefined) {
      child.stdout?.resume()
      return found
    }
  }
  throw new Error(`A program of the bench did not start: ${words.trim()}`)
}

/** Starts `start`, or just `api`, with the environment of a machine that has nothing else. Without a database, `start` brings its own. */
export async function startInstallation(given: {
  command: 'start' | 'api'
  directory: string
  databaseUrl: string | undefined
  workers?: number
  takeoverSeconds?: number
  runnerSharing?: 'organization' | 'trusted'
}): Promise<Installation> {
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    CROSSWALK_DATA_DIR: given.directory,
    CROSSWALK_WORKSPACE: join(root, 'bench', 'workspace'),
    CROSSWALK_HOST: '127.0.0.1',
    CROSSWALK_PORT: '0',
    CROSSWALK_EGRESS_ALLOW: 'localhost,127.0.0.0/8,::1',
    CROSSWALK_ADMIN_API_KEY: adminApiKey,
    CROSSWALK_LOG_LEVEL: 'warn',
    ...(process.env.CROSSWALK_SANDBOX ? { CROSSWALK_SANDBOX: process.env.CROSSWALK_SANDBOX } : {}),
    ...(given.databaseUrl === undefined ? {} : { DATABASE_URL: given.databaseUrl }),
    ...(given.workers === undefined ? {} : { CROSSWALK_WORKERS: String(given.workers) }),
    ...(given.runnerSharing === undefined ? {} : { CROSSWALK_RUNNER_SHARING: given.runnerSharing }),
    ...(given.takeoverSeconds === undefined ? {} : { CROSSWALK_TAKEOVER_SECONDS: String(given.takeoverSeconds) }),
  }
  if (given.command === 'api') await migrate(env)
  const startedAt = performance.now()
  const child = startProgram('server/src/main.ts', [given.command], env)
  const url = await lineOf(child, /listens on (\S+)/)
  const headers = { authorization: `Bearer ${adminApiKey}` }
  return {
    url,
    pid: child.pid as number, // it has said something, so it runs
    headers,
    databaseUrl: given.databaseUrl ?? '',
    readyAfterMs: performance.now() - startedAt,
    async call<Answer>(method: string, path: string, body?: object, more: Record<string, string> = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...headers, ...more, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return (text === '' ? null : JSON.parse(text)) as Answer // the caller knows the contract
    },
    stop: () => stopProgram(child),
  }
}

async function migrate(env: NodeJS.ProcessEnv): Promise<void> {
  const child = startProgram('server/src/main.ts', ['migrate'], env)
  child.stdout?.resume()
  child.stderr?.pipe(process.stderr)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`The migration of a database of the bench ended with ${code}.`)
}
