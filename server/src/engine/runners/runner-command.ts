import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunnerOptions } from './runner-process.ts'
import type { CompileCache } from './sandbox/compile-cache.ts'
import type { Confined } from './sandbox/launch.ts'

const sourceEntry = fileURLToPath(new URL('../../runner/main.ts', import.meta.url))
const serverFolder = fileURLToPath(new URL('../../../', import.meta.url))
const rootFolder = fileURLToPath(new URL('../../../../', import.meta.url))

/** What a runner may read: the workspace, the packages, and its own code. Nothing of the data directory, the home, or the system. */
export function readablePaths(workspace: string): string[] {
  const require = createRequire(import.meta.url)
  const sdkFolder = dirname(dirname(realpathSync(require.resolve('@crosswalk/sdk'))))
  const paths = [
    workspace,
    ...(existsSync(workspace) ? [realpathSync(workspace)] : []),
    join(rootFolder, 'node_modules'),
    join(rootFolder, 'package.json'),
    join(serverFolder, 'node_modules'),
    join(serverFolder, 'package.json'),
    join(serverFolder, 'src', 'runner'),
    join(serverFolder, 'src', 'protocol'),
    sdkFolder,
  ]
  return [...new Set(paths)].filter((path) => existsSync(path))
}

/** Flags that compiled code depends on: what fills the cache has the same. */
export function codeFlags(maxHeapMb: number): string[] {
  return [
    '--disable-sigusr1',
    '--no-experimental-sqlite',
    `--max-old-space-size=${maxHeapMb}`,
    // Nothing is collected while it loads: a quarter less work for each start.
    '--min-semi-space-size=16',
    '--no-warnings',
  ]
}

/** Node with its own permission model, which is the first layer, and what the others let it see. */
export function runnerCommand(options: RunnerOptions, cache: CompileCache | undefined): Confined {
  // Author code reaches the network through the gateway alone, where there is one.
  const { workspace, maxHeapMb, gateway, network = gateway ? 'none' : 'host', hidden = [] } = options
  const readable = [...readablePaths(workspace), ...(cache ? [cache.folder] : [])]
  return {
    command: [
      process.execPath,
      '--permission',
      ...(network === 'host' ? ['--allow-net'] : []),
      ...readable.map((path) => `--allow-fs-read=${path}`),
      // Node uses the cache only where it may write it; that it may not is seen to by the mount, which is read-only.
      ...(cache ? [`--allow-fs-write=${cache.folder}`] : []),
      ...codeFlags(maxHeapMb),
      cache?.entry ?? sourceEntry,
    ],
    readable,
    hidden,
    folder: workspace,
    env: cache ? { NODE_COMPILE_CACHE: cache.folder } : {},
    network,
  }
}
