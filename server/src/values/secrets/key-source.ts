import { exec } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type MasterKeySource, masterKeyCommandMs, parseGivenMasterKey } from '../../platform/master-key-setting.ts'
import type { OnKeyFailure, ReadKeysAgain } from './keyring.ts'
import { fulfilledOf, type MasterKeyOpener, masterKeyOpener } from './master-key-opener.ts'

/** A key that is not there yet is asked for again and again: a vault is not asked more often than this. */
const minIntervalMs = 5_000

async function readKey(source: MasterKeySource): Promise<string> {
  if ('file' in source) return readFile(source.file, 'utf8')
  try {
    return (await promisify(exec)(source.command, { cwd: source.cwd, encoding: 'utf8', timeout: masterKeyCommandMs })).stdout
  } catch (error) {
    const { code } = error as { code?: unknown } // as exec throws; the rest has what the command printed, which may be the key
    throw new Error(`CROSSWALK_MASTER_KEY_COMMAND could not be run, or ended with ${String(code)}.`)
  }
}

/**
 * Reads the master key again where it came from, so that a rotation needs no restart. None where it cannot be read or opened, which the
 * caller is told. What was found a moment ago is found again.
 *
 * @param source null: it was in a variable, which a process keeps as it is
 */
export function keyReadAgain(
  source: MasterKeySource | null,
  now: () => number = Date.now,
  opener: MasterKeyOpener = masterKeyOpener(),
): (onFailure?: OnKeyFailure) => ReturnType<ReadKeysAgain> {
  if (source === null) return async () => []
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<PromiseSettledResult<string>[]> = Promise.resolve([])
  return async (onFailure = () => {}) => {
    if (now() - readAt >= minIntervalMs) {
      readAt = now()
      reading = Promise.allSettled([readKey(source).then((text) => opener.open(parseGivenMasterKey('The master key', text.trim())))])
    }
    return fulfilledOf(await reading, onFailure)
  }
}
