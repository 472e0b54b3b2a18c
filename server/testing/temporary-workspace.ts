import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from './temporary-directory.ts'

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** A workspace of a test's own, with the installed packages; its files can be written again and again. */
export async function temporaryWorkspace(
  files: Record<string, string>,
): Promise<{ path: string; write(file: string, text: string): Promise<void> } & AsyncDisposable> {
  const directory = await temporaryDirectory()
  await symlink(packages, join(directory.path, 'node_modules'))
  await writeFile(join(directory.path, 'package.json'), '{ "type": "module" }')
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(directory.path, file)), { recursive: true })
    await writeFile(join(directory.path, file), text)
  }
  for (const [file, text] of Object.entries(files)) await write(file, text)
  return { path: directory.path, write, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
}
