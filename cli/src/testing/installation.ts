import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/crosswalk.js', import.meta.url))

/** Starts `crosswalk start` with a data directory of its own, and returns the environment that commands find it by. It ends with the stack. */
export async function startInstallation(stack: AsyncDisposableStack, workspace: string): Promise<NodeJS.ProcessEnv> {
  const dataDir = await mkdtemp(join(tmpdir(), 'crosswalk-cli-'))
  stack.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 20 }))
  const settings = {
    CROSSWALK_DATA_DIR: dataDir,
    CROSSWALK_WORKSPACE: workspace,
    // What comes along is the subject of tests of its own.
    CROSSWALK_INTEGRATIONS: 'none',
    CROSSWALK_PORT: '0',
    CROSSWALK_LOG_LEVEL: 'warn',
    DATABASE_URL: '',
    CROSSWALK_URL: '',
    CROSSWALK_API_KEY: '',
  }
  const child = spawn(process.execPath, [program, 'start'], { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  stack.defer(async () => {
    child.kill('SIGTERM')
    await ended
  })
  let output = ''
  const listens = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        if (output.includes('Crosswalk listens on')) resolve()
      })
    }
  })
  await Promise.race([listens, ended.then(() => Promise.reject(new Error(`It does not start: ${output}`)))])
  return settings
}
