import { readFileSync } from 'node:fs'
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packSdk, sdkPackageFile } from './sdk-package.ts'

/** Puts the SDK of this installation there, in the place of what an earlier one put there. Returns its file's name. */
export async function putSdk(target: string): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'crosswalk-init-'))
  try {
    const file = await sdkPackageFile()
    await copyFile(await packSdk(place), join(target, file))
    await pointTo(target, file)
    for (const name of await readdir(target)) if (/^crosswalk-sdk-.*\.tgz$/.test(name) && name !== file) await rm(join(target, name))
    return file
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

/** A `package.json` that is there keeps all but where the SDK is. */
async function pointTo(target: string, file: string): Promise<void> {
  const path = join(target, 'package.json')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return
  const changed = text.replace(/("@crosswalk\/sdk"\s*:\s*)"[^"]*"/, `$1"file:${file}"`)
  if (changed !== text) await writeFile(path, changed)
}

/** The `package.json` of a new workspace: what its tests and the editor need. */
export function packageText(target: string, sdk: string): string {
  const { node, typescript, '@types/node': types } = versionsIn('package.json')
  const { zod } = versionsIn('sdk/package.json')
  const made = {
    name:
      basename(target)
        .toLowerCase()
        .replace(/[^a-z0-9-]+/g, '-')
        .replace(/^-+|-+$/g, '') || 'workspace',
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: { test: 'node --test "tests/**/*.test.ts"', check: 'tsc' },
    // npm asks before packages run code at their installation. That of node fetches its program.
    allowScripts: { node: true },
    dependencies: { '@crosswalk/sdk': `file:${sdk}`, zod },
    devDependencies: { '@types/node': types, node, typescript },
  }
  return `${JSON.stringify(made, null, 2)}\n`
}

/** The versions that a package of this installation has. */
function versionsIn(file: string): Record<string, string> {
  const path = fileURLToPath(new URL(`../../../../${file}`, import.meta.url))
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string>> // our own
  return { ...dependencies, ...devDependencies }
}
