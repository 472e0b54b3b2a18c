import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { CommandError } from '../failure.ts'

/** The keys that `crosswalk login` got, by the address of their installation, and the one that was signed in to last. */
type KeptKeys = { current: string | null; keys: Record<string, string> }

type Env = NodeJS.ProcessEnv

/** One file for each user of the machine, which nobody else reads. */
export function keptKeysFile(env: Env): string {
  const folder =
    env.XDG_CONFIG_HOME?.trim() || (process.platform === 'win32' && env.APPDATA?.trim()) || join(env.HOME || homedir(), '.config')
  return join(folder, 'crosswalk', 'credentials.json')
}

function isKeptKeys(value: unknown): value is KeptKeys {
  if (typeof value !== 'object' || value === null || !('keys' in value) || !('current' in value)) return false
  const { keys, current } = value
  if (current !== null && typeof current !== 'string') return false
  return typeof keys === 'object' && keys !== null && Object.values(keys).every((key) => typeof key === 'string')
}

/** @throws CommandError credentials_unreadable */
export async function readKeptKeys(env: Env): Promise<KeptKeys> {
  const file = keptKeysFile(env)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw new CommandError(
      'credentials_unreadable',
      `The file ${file} cannot be read (${error.code}). Delete it, and run crosswalk login again.`,
    )
  })
  if (text === undefined) return { current: null, keys: {} }
  try {
    const kept: unknown = JSON.parse(text)
    if (isKeptKeys(kept)) return kept
  } catch {
    // Told below.
  }
  throw new CommandError(
    'credentials_unreadable',
    `The file ${file} is not what crosswalk login wrote. Delete it, and run crosswalk login again.`,
  )
}

/** Written beside and renamed, so that it is there as a whole and never for others to read. */
export async function writeKeptKeys(env: Env, kept: KeptKeys): Promise<string> {
  const file = keptKeysFile(env)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.new`
  await writeFile(draft, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 })
  await chmod(draft, 0o600)
  await rename(draft, file)
  return file
}
