import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../../scripts/build-admin.ts', import.meta.url))
const maxReasonLength = 500

export type InterfaceBuildOptions = {
  /** Gives the build up. */
  signal?: AbortSignal
  /** Says a sentence to the person at the terminal. */
  print(sentence: string): void
}

/** The last line that says something. */
function reasonOf(words: string): string {
  const lines = words.split('\n').filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v|^\s*\^+\s*$/.test(line))
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'it says no reason').trim().slice(0, maxReasonLength)
}

/**
 * Builds the admin interface where what was built before is not of the sources that are there: the first time, and after an upgrade.
 * In a process of its own, since it needs much memory for a moment. Where it fails, that is said, and what was there is served.
 */
export async function buildInterface({ signal, print }: InterfaceBuildOptions): Promise<void> {
  if (!existsSync(program)) return
  const child = spawn(process.execPath, ['--disable-sigusr1', '--disable-warning=ExperimentalWarning', program], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal ? { signal } : {}),
  })
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-8_000)
  })
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code) => resolve(code === 0 ? undefined : reasonOf(words)))
  })
  if (failure === undefined || signal?.aborted) return
  print(
    `The admin interface could not be built (${failure}). What was built before is served. To see all of the reason: node scripts/run.mjs scripts/build-admin.ts`,
  )
}
