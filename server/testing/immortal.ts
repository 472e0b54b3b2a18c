import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const maxOutputChars = 400_000

/** A real process of the platform that is started again whenever it ends. */
export class Immortal {
  readonly #args: string[]
  readonly #env: NodeJS.ProcessEnv
  #child: ChildProcess | undefined
  #isOver = false
  /** Where it listens; `ready` for one that does not. Undefined while it does not work. */
  url: string | undefined
  /** How often it was started. */
  starts = 0
  /** The last of what it wrote to standard error. */
  output = ''

  constructor(args: string[], env: NodeJS.ProcessEnv) {
    this.#args = args
    this.#env = env
    this.#start()
  }

  #start(): void {
    this.starts++
    const child = fork(main, this.#args, { env: this.#env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.#child = child
    child.stderr?.on('data', (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-maxOutputChars)
    })
    child.on('message', (message) => {
      const told = message as { type: string; url?: string }
      if (told.type === 'ready') this.url = told.url ?? 'ready'
    })
    child.once('exit', () => {
      this.url = undefined
      if (!this.#isOver) setTimeout(() => this.#isOver || this.#start(), 200)
    })
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async end(): Promise<void> {
    this.#isOver = true
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    await ended
  }
}
