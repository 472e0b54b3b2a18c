import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const serverFolder = fileURLToPath(new URL('../../../', import.meta.url))
const rootFolder = fileURLToPath(new URL('../../../../', import.meta.url))

/** Where the integrations that come along are. */
export const readyMadeFolder = join(rootFolder, 'integrations')

/** What a runner may read: the workspace, the packages, the integrations that come along, and its own code. Nothing of the data directory, the home, or the system. */
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
    readyMadeFolder,
  ]
  return [...new Set(paths)].filter((path) => existsSync(path))
}
