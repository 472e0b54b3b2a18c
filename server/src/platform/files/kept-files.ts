import { randomBytes } from 'node:crypto'
import { type FileHandle, link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCodeOf } from '../start-error.ts'

async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  await handle.sync().finally(() => handle.close())
}

/** What root makes in somebody's directory belongs to that somebody, who could not start here otherwise. */
export async function giveToOwnerOf(directory: string, handle: FileHandle): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(directory)
  if (uid !== 0) await handle.chown(uid, gid)
}

/** Writes a whole file beside its final place, on the disk and not just on its way there. */
async function writeDraft(file: string, content: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await giveToOwnerOf(dirname(file), handle)
    await handle.writeFile(content)
    await handle.sync()
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  return draft
}

/**
 * Reads a file, or makes it: readable for its owner only, whole or not there at all, never overwritten.
 * Of several processes at once one makes it, and all return the same content.
 */
export async function keepFile(file: string, makeContent: () => string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error
  }
  const draft = await writeDraft(file, makeContent())
  try {
    // Unlike a rename, a link fails where another process was faster.
    await link(draft, file)
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  await syncDirectory(dirname(file))
  return readFile(file, 'utf8')
}

/** Writes a file for its owner only; readers see all of the old content or all of the new. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const draft = await writeDraft(file, content)
  try {
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Renames so that the new name survives a power failure. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncDirectory(dirname(to))
}
