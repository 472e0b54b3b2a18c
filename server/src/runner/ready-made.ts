import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ReadyMade, readyMadePackage } from '../protocol/ready-made.ts'

/** One file with ready-made definitions, and the name that people see for it. `vendor` is the name of the integration, as its folder has it. */
export type ReadyMadeFile = { file: string; shown: string; vendor: string }

/** What the package exports. Nothing where it cannot be read: then there is none. */
export function readyMadeFiles(folder: string): ReadyMadeFile[] {
  let text: string
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8')
  } catch {
    return []
  }
  const { exports } = JSON.parse(text) as { exports: Record<string, string> } // our own
  return Object.values(exports)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => path.slice('./'.length))
    .map((path) => ({ file: join(folder, path), shown: `${readyMadePackage}/${path}`, vendor: path.split('/')[0] ?? '' }))
}

/** The vendors whose integrations come along and are off. */
export function switchedOff(readyMade: ReadyMade | null): string[] {
  if (readyMade === null || readyMade.names === 'all') return []
  const { folder, names } = readyMade
  return [...new Set(readyMadeFiles(folder).map(({ vendor }) => vendor))].filter((vendor) => !names.includes(vendor))
}

/** Whether a file names this definition, as one that it was to put in the place of ours. What cannot be read may. */
export function namesDefinition(file: string, name: string): boolean {
  try {
    const text = readFileSync(file, 'utf8')
    return [`'${name}'`, `"${name}"`, `\`${name}\``].some((quoted) => text.includes(quoted))
  } catch {
    return true
  }
}
