import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Compiled code of runners, for all tests: each would compile the same. */
export const runnerCacheFolder = fileURLToPath(new URL('../../node_modules/.cache/crosswalk-runners', import.meta.url))

/** The data directory of workers that are given their keys and their database: it holds the same for all of them. */
export function workerDataDir(): string {
  const folder = fileURLToPath(new URL('../../node_modules/.cache/crosswalk-workers', import.meta.url))
  mkdirSync(folder, { recursive: true })
  return folder
}
