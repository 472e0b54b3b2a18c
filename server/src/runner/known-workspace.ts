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

/** The definitions that were published, from the file and under the export that they were published of. */
class KnownDefinitions {
  readonly #known: readonly KnownDefinition[]
  readonly #loaded = new Map<KnownDefinition, Definition>()
  readonly #readyMadeFolder: string | undefined
  readonly #require = createRequire(import.meta.url)

  constructor(known: readonly KnownDefinition[], readyMadeFolder: string | undefined) {
    this.#known = known
    this.#readyMadeFolder = readyMadeFolder
  }

  /** Takes from what a file exports what was published of it. */
  take(shown: string, exported: Record<string, unknown>): void {
    for (const known of this.#known) {
      if (known.file !== shown) continue
      const value = exported[known.exportName]
      if (isOfKind(known.kind, value)) this.#loaded.set(known, value)
    }
  }

  catalogue(): Catalogue {
    return {
      integrations: this.#of('integration'),
      workflows: this.#of('workflow'),
      dataProviders: this.#of('data_provider'),
      hasClosedFields: (name) => this.#find('workflow', name)?.hasClosedFields ?? false,
      warm: () => {
        for (const known of this.#known) this.#load(known)
      },
    }
  }

  #of<Kept extends Definition>(kind: Kind): Definitions<Kept> {
    return {
      get: (name) => this.#load(this.#find(kind, name)) as Kept | undefined, // kept by its kind
      keys: () => this.#known.filter((known) => known.kind === kind).map(({ name }) => name),
    }
  }

  #find(kind: Kind, name: string): KnownDefinition | undefined {
    return this.#known.find((known) => known.kind === kind && known.name === name)
  }

  #load(known: KnownDefinition | undefined): Definition | undefined {
    if (!known) return undefined
    if (!this.#loaded.has(known) && this.#readyMadeFolder !== undefined && isReadyMade(known)) {
      const path = known.file.slice(`${readyMadePackage}/`.length)
      // At once, since the context gives a class at once: none of our files waits at its top.
      this.take(known.file, this.#require(join(this.#readyMadeFolder, path)) as Record<string, unknown>)
    }
    return this.#loaded.get(known)
  }
}

function isOfKind(kind: Kind, value: unknown): value is Definition {
  if (kind === 'integration') return isIntegrationClass(value)
  return kind === 'workflow' ? isWorkflow(value) : isDataProvider(value)
}
