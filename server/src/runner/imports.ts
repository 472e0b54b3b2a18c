import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readyMadePackage } from '../protocol/ready-made.ts'

/** The file of each by what is imported, or by the file that it is otherwise found in. */
type Places = { ofSpecifiers: ReadonlyMap<string, string>; ofFiles: ReadonlyMap<string, string> }

const sdk = '@crosswalk/sdk'
const watchers: ((specifier: string) => void)[] = []
let readyMadeParent: string | undefined
let places: Places | undefined

/** Has imports of the SDK, of zod and of what comes along lead to the same files for all author code. */
export function leadImports(): void {
  // One hook for all of it: Node takes as long for each as to find a file.
  registerHooks({
    resolve(specifier, context, next) {
      for (const watch of watchers) watch(specifier)
      const own = places?.ofSpecifiers.get(specifier)
      if (own !== undefined) return { url: own, format: 'module', shortCircuit: true }
      const parentURL = parentOf(specifier)
      const found = next(specifier, parentURL === undefined ? context : { ...context, parentURL })
      const url = places?.ofFiles.get(found.url)
      return url === undefined ? found : { ...found, url, format: 'module' }
    },
  })
}

/**
 * Author code gets the SDK that this runner has, also where the workspace has a copy of its own beside it for tests and editors: with two,
 * a workflow of one would not know the context of the other. A ready-made integration is found by its package anywhere on the disk.
 */
function parentOf(specifier: string): string | undefined {
  if (specifier === sdk || specifier.startsWith(`${sdk}/`)) return import.meta.url
  // A package finds itself by its own name.
  return specifier.startsWith(`${readyMadePackage}/`) ? readyMadeParent : undefined
}

/** @param watch is told of what is imported before it is looked for */
export function beforeImports(watch: (specifier: string) => void): void {
  watchers.push(watch)
}

/** Lets a workspace anywhere on the disk import a ready-made integration, to extend it. */
export function giveReadyMade(folder: string): void {
  readyMadeParent = pathToFileURL(join(folder, 'package.json')).href
}

/** @param folder where `scripts/build-runner.ts` put the SDK and zod beside a runner's own code */
export function givePlaces(folder: string): void {
  const read = JSON.parse(readFileSync(join(folder, 'places.json'), 'utf8')) as Record<keyof Places, [string, string][]> // our own
  const here = (pairs: [string, string][]) => new Map(pairs.map(([from, name]) => [from, pathToFileURL(join(folder, name)).href]))
  places = { ofSpecifiers: here(read.ofSpecifiers), ofFiles: here(read.ofFiles) }
}
