import { readdirSync, type Stats, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { DataProvider, IntegrationClass, Workflow } from '@crosswalk/sdk'
import type { DefinitionProblem } from '../protocol/channel.ts'
import { maxMarksChars } from '../protocol/message-sizes.ts'

/** The definitions that this process can run, by name. */
export type Catalogue = {
  integrations: Definitions<IntegrationClass>
  workflows: Definitions<Workflow>
  dataProviders: Definitions<DataProvider>
  /** Whether a value in the form of a workflow must be one of those that a data provider offers; true where that may be. */
  hasClosedFields(workflowName: string): boolean
  /** Loads what is loaded only when it is asked for. */
  warm(): void
}

export type Definitions<Definition> = { get(name: string): Definition | undefined; keys(): Iterable<string> }

/** A file that may hold definitions, and the name that people see for it. */
export type SourceFile = { file: string; shown: string; kind: DefinitionProblem['kind']; workspace: string }

const folders = [
  { folder: 'integrations', kind: 'integration' },
  { folder: 'workflows', kind: 'workflow' },
  { folder: 'data-providers', kind: 'data_provider' },
] as const

/** The files of a folder and its folders that may hold definitions: no tests, no declarations. In order, so that two loads agree. */
function sourceFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|mts|js|mjs)$/.test(entry.name) && !/\.(test|spec|d)\.m?[tj]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.split(sep).includes('node_modules'))
    .sort()
}

/**
 * Every file of a workspace that may hold definitions. A folder that is not there has none.
 *
 * @param onUnreadable is told of a folder that cannot be read
 */
export function definitionFiles(
  workspace: string,
  onUnreadable: (folder: Pick<SourceFile, 'kind'> & { folder: string }, error: unknown) => void = () => {},
): SourceFile[] {
  return folders.flatMap(({ folder, kind }) => {
    try {
      return sourceFiles(join(workspace, folder)).map((file) => {
        return { file, shown: relative(workspace, file).split(sep).join('/'), kind, workspace }
      })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onUnreadable({ folder, kind }, error)
      return []
    }
  })
}

/**
 * Text that is another as soon as any of the files is written, comes or goes. Empty, which says nothing, where there are too many of them.
 * What they import from elsewhere is not looked at, nor is it a part of the version of the code.
 */
export function marksOf(files: readonly SourceFile[]): string {
  const marks = [`${files.length} files`, ...files.map(({ file, shown }) => `${shown}:${markOf(statOf(file))}`)].join('\n')
  return marks.length > maxMarksChars ? '' : marks
}

function markOf(stats: Stats | undefined): string {
  return stats === undefined ? '-' : `${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}:${stats.ino}`
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file)
  } catch {
    return undefined
  }
}
