import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { StartError } from '../server/src/platform/start-error.ts'

export const root = dirname(import.meta.dirname)

const endWithParent = pathToFileURL(join(root, 'scripts', 'end-with-parent.mjs')).href

/** Starts a program of the repository. It ends with this process, however that ends. */
export function runProgram(args: string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
  return spawn(process.execPath, ['--disable-sigusr1', '--disable-warning=ExperimentalWarning', '--import', endWithParent, ...args], {
    cwd: root,
    env: { ...env, CROSSWALK_PARENT: String(process.pid) },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** The first line of a program's output that fits, or undefined if it ends before. */
export async function firstLine(child: ChildProcess, pattern: RegExp): Promise<string | undefined> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const found = pattern.exec(line)?.[1]
    if (found) return found
  }
  return undefined
}

export type Platform = { child: ChildProcess; url: string /** Resolves with its exit code. */; ended: Promise<number> }

/**
 * Starts the platform, and resolves when it says where it listens.
 *
 * @throws StartError with the platform's own words, where it does not start
 */
export async function startPlatform(args: string[] = [], env: NodeJS.ProcessEnv = process.env): Promise<Platform> {
  const child = runProgram([join(root, 'server/src/main.ts'), 'start', ...args], env)
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4_000)
  })
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
  const url = await firstLine(child, /listens on (\S+)/)
  // What it says from then on goes nowhere, but must be read, or it would wait for a reader.
  child.stdout?.resume()
  if (url) return { child, url, ended }
  await ended
  throw new StartError('demo_not_started', words.trim() || 'Crosswalk did not start.')
}

/** Asks a program to end, and waits until it has. */
export async function stopProgram(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
