import { execSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { invalid } from './environment-values.ts'
import { systemCodeOf } from './start-error.ts'
import { parseWrapped, type WrappedMasterKey } from './wrapped-master-key.ts'

/**
 * @returns the text in its one canonical spelling.
 * @throws StartError environment_invalid
 */
export function parseMasterKey(name: string, text: string): string {
  const bytes = Buffer.from(text, 'base64')
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && bytes.length === 32) return bytes.toString('base64')
  throw invalid(name, 'is not 32 bytes written as base64', 'Make one with: openssl rand -base64 32')
}

/** A master key as it was set: 32 bytes as base64, or wrapped by a key of a vault. */
export type GivenMasterKey = string | WrappedMasterKey

/** @throws StartError environment_invalid */
export function parseGivenMasterKey(name: string, text: string): GivenMasterKey {
  return parseWrapped(name, text) ?? parseMasterKey(name, text)
}

/** Longer than any program needs that asks a vault. */
export const masterKeyCommandMs = 30_000

/** A file that has the master key, or a command that prints it. */
export type MasterKeySource = { file: string } | { command: string; cwd: string }

/** What the command prints stays out of all sentences. */
function keyOfCommand(command: string, cwd: string): string {
  try {
    return execSync(command, { cwd, encoding: 'utf8', timeout: masterKeyCommandMs, stdio: ['ignore', 'pipe', 'inherit'] })
  } catch (error) {
    const { status, code } = error as { status?: number | null; code?: string } // as execSync throws
    const isWrong = typeof status === 'number' ? `ended with ${status}` : `could not be run (${code ?? 'it took too long'})`
    throw invalid('CROSSWALK_MASTER_KEY_COMMAND', isWrong, 'Set it to a command that prints the master key and nothing else.')
  }
}

function keyOfFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw invalid(
      'CROSSWALK_MASTER_KEY_FILE',
      `is ${JSON.stringify(file)}, which cannot be read (${systemCodeOf(error)})`,
      'Set it to a file with the master key that this user may read.',
    )
  }
}

/** The key itself goes first: `start` hands it on to the processes that it starts. */
export function readMasterKey(given: (name: string) => string | undefined, cwd: string): GivenMasterKey | null {
  const text = given('CROSSWALK_MASTER_KEY')
  if (text !== undefined) return parseGivenMasterKey('CROSSWALK_MASTER_KEY', text)
  const [file, command] = [given('CROSSWALK_MASTER_KEY_FILE'), given('CROSSWALK_MASTER_KEY_COMMAND')]
  if (file !== undefined) return parseGivenMasterKey('CROSSWALK_MASTER_KEY_FILE', keyOfFile(resolve(cwd, file)).trim())
  if (command !== undefined) return parseGivenMasterKey('CROSSWALK_MASTER_KEY_COMMAND', keyOfCommand(command, cwd).trim())
  return null
}

/** Known also to the processes that `start` has handed the key. */
export function masterKeySource(given: (name: string) => string | undefined, cwd: string): MasterKeySource | null {
  const [file, command] = [given('CROSSWALK_MASTER_KEY_FILE'), given('CROSSWALK_MASTER_KEY_COMMAND')]
  if (file !== undefined) return { file: resolve(cwd, file) }
  return command === undefined ? null : { command, cwd }
}
