import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { firstDescriptor } from '../../server/src/engine/runners/sandbox/launch.ts'
import { probeSandbox, type Sandbox } from '../../server/src/engine/runners/sandbox/probe.ts'

/** How long it takes to start and end so many processes of Node that run nothing, behind the layers that runners have, as many at once as there are cores. */
export async function bareProcessesMs(count: number, folder: string): Promise<number> {
  const sandbox = await probeSandbox({ mode: 'auto', readable: [folder], folder })
  try {
    let left = count
    const lane = async () => {
      while (left-- > 0) await startBare(sandbox, folder)
    }
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: availableParallelism() }, lane))
    return performance.now() - startedAt
  } finally {
    sandbox.close()
  }
}

async function startBare(sandbox: Sandbox, folder: string): Promise<void> {
  const started = sandbox.launch({
    command: [process.execPath, '--permission', '--disable-sigusr1', '-e', ''],
    readable: [folder],
    hidden: [],
    folder,
    env: {},
    network: 'none',
  })
  const child = spawn(started.command, started.args, {
    cwd: started.cwd,
    env: started.env,
    stdio: [...Array<'ignore'>(firstDescriptor).fill('ignore'), ...started.descriptors],
  })
  started.release()
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`A bare process of the bench ended with ${code}.`)
}
