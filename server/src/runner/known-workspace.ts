import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type DataProvider, type IntegrationClass, isDataProvider, isIntegrationClass, isWorkflow, type Workflow } from '@crosswalk/sdk'
import type { KnownDefinition, KnownWorkspace } from '../protocol/channel.ts'
import { isReadyMade, type ReadyMade, readyMadePackage } from '../protocol/ready-made.ts'
import { type Catalogue, type Definitions, definitionFiles, marksOf } from './catalogue.ts'

type Definition = IntegrationClass | Workflow | DataProvider
type Kind = KnownDefinition['kind']

/**
 * Loads every file of a workspace that another runner has looked at, and describes nothing once more. What comes along is ours, has no
 * effects that anybody waits for, and is loaded when it is asked for. Undefined, with nothing loaded, where the files are not the same.
 */
export async function loadKnownWorkspace(
  workspace: string,
  known: KnownWorkspace,
  exclude: readonly { file: string }[],
  onFile: (file: string) => void,
  readyMade: ReadyMade | null,
): Promise<Catalogue | undefined> {
  const sources = definitionFiles(workspace)
  const marks = marksOf(sources)
  if (marks === '' || marks !== known.marks) return undefined
  const loaded = new KnownDefinitions(known.definitions, readyMade?.folder)
  const excluded = new Set(exclude.map(({ file }) => file))
  for (const { file, shown } of sources) {
    if (excluded.has(shown)) continue
    onFile(shown)
    try {
      loaded.take(shown, (await import(pathToFileURL(file).href)) as Record<string, unknown>)
    } catch {
      // What it would define is not there, as where it was not the first time: that it does not load was told then.
    }
  }
  return loaded.catalogue()
}

/** The definitions of files that were found to be theirs. */
class KnownDefinitions {
  readonly #known = new Map<string, KnownDefinition>()
  readonly #loaded = new Map<string, Definition>()
  readonly #readyMadeFolder: string | undefined
  readonly #require = createRequire(import.meta.url)

  constructor(known: readonly KnownDefinition[], readyMadeFolder: string | undefined) {
    for (const definition of known) this.#known.set(keyOf(definition.kind, definition.name), definition)
    this.#readyMadeFolder = readyMadeFolder
  }

  /** Takes from what a file exports what was published of it. */
  take(shown: string, exported: Record<string, unknown>): void {
    for (const name of Object.keys(exported)) {
      try {
        const found = definitionIn(exported[name])
        if (!found) continue
        const key = keyOf(found.kind, found.name)
        if (this.#known.get(key)?.file === shown && !this.#loaded.has(key)) this.#loaded.set(key, found.definition)
      } catch {
        // It was no definition the first time either.
      }
    }
  }

  catalogue(): Catalogue {
    return {
      integrations: this.#of('integration'),
      workflows: this.#of('workflow'),
      dataProviders: this.#of('data_provider'),
      hasClosedFields: (name) => this.#known.get(keyOf('workflow', name))?.hasClosedFields ?? false,
      warm: () => {
        for (const { kind, name } of this.#known.values()) this.#get(kind, name)
      },
    }
  }

  #of<Kept extends Definition>(kind: Kind): Definitions<Kept> {
    return {
      get: (name) => this.#get(kind, name) as Kept | undefined, // kept by its kind
      keys: () => [...this.#known.values()].filter((known) => known.kind === kind).map(({ name }) => name),
    }
  }

  #get(kind: Kind, name: string): Definition | undefined {
    const key = keyOf(kind, name)
    const known = this.#known.get(key)
    if (known && !this.#loaded.has(key) && this.#readyMadeFolder !== undefined && isReadyMade(known)) {
      const path = known.file.slice(`${readyMadePackage}/`.length)
      // At once, since the context gives a class at once: none of our files waits at its top.
      this.take(known.file, this.#require(join(this.#readyMadeFolder, path)) as Record<string, unknown>)
    }
    return this.#loaded.get(key)
  }
}

function keyOf(kind: Kind, name: string): string {
  return `${kind} ${name}`
}

function definitionIn(value: unknown): { kind: Kind; name: string; definition: Definition } | undefined {
  if (isIntegrationClass(value)) return { kind: 'integration', name: value.integrationName, definition: value }
  if (isWorkflow(value)) return { kind: 'workflow', name: value.definition.name, definition: value }
  if (isDataProvider(value)) return { kind: 'data_provider', name: value.definition.name, definition: value }
  return undefined
}
