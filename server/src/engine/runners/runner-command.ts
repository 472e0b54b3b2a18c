import { fileURLToPath } from 'node:url'
import { readablePaths } from './readable-paths.ts'
import type { RunnerOptions } from './runner-options.ts'
import { type CompileCache, codeFlags } from './sandbox/compile-cache.ts'
import type { Confined } from './sandbox/confined.ts'

const sourceEntry = fileURLToPath(new URL('../../runner/main.ts', import.meta.url))

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
