import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Within the package, so that another version of it is unpacked again. */
const ownPlace = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'unpacked')

/**
 * The program of the packed Chromium, whole. The package unpacks it into the place where it looks for it, so a test that starts meanwhile
 * would run one half of it. Here each unpacks aside, and the first to be done puts it there.
 */
export async function unpackedChromium(place = ownPlace): Promise<string> {
  const program = join(place, 'chromium')
  if (existsSync(program)) return program
  const aside = await mkdtemp(`${place}-`)
  try {
    // A process of its own, since the package takes the folder from the environment.
    const unpack = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', unpack], {
      cwd: import.meta.dirname,
      env: { ...process.env, TMPDIR: aside },
    })
    await rename(aside, place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
  return program
}
