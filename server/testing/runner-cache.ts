import { fileURLToPath } from 'node:url'

/** Compiled code of runners, for all tests: each would compile the same. */
export const runnerCacheFolder = fileURLToPath(new URL('../../node_modules/.cache/crosswalk-runners', import.meta.url))
