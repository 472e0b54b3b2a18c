import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codeFlags, readablePaths } from '../runner-command.ts'

const program = fileURLToPath(new URL('../../../runner/compile.ts', import.meta.url))
const sources = '**/*.{ts,mts,js,mjs}'

/**
 * Compiled code, types stripped, that runners only read: with it one starts in a third of the time and a third smaller. It is written by a
 * process that compiles author code and never runs it, so nothing that author code does can get into it.
 */
export class CompileCache {
  readonly folder: string
  readonly #workspace: string
  readonly #maxHeapMb: number
  #compiling: { child: ChildProcess; exited: Promise<number | null> } | undefined

  private constructor({ folder, workspace, maxHeapMb }: { folder: string; workspace: string; maxHeapMb: number }) {
    this.folder = folder
    this.#workspace = workspace
    this.#maxHeapMb = maxHeapMb
  }

  /** Undefined where there is no place for it: runners start without it, too. */
  static open(given: { folder: string; workspace: string; maxHeapMb: number }): CompileCache | undefined {
    try {
      // The folder above it may be ours alone; this one is read by runners, whose user is another.
      if (!existsSync(given.folder)) mkdirSync(given.folder)
      chmodSync(given.folder, 0o755)
      return new CompileCache(given)
    } catch {
      return undefined
    }
  }

  /** Node keeps what each user compiled apart. A runner's user is given what ours did; where that is refused, it compiles for itself. */
  shareWith(uid: number): void {
    const own = `-${process.getuid?.()}`
    try {
      for (const name of readdirSync(this.folder)) {
        if (!name.startsWith('v') || !name.endsWith(own)) continue
        const shared = join(this.folder, `${name.slice(0, -own.length)}-${uid}`)
        if (!lstatSync(shared, { throwIfNoEntry: false })) symlinkSync(name, shared)
      }
    } catch {
      // It starts later, and is the same.
    }
  }

  /**
   * Compiles what has changed since the last time. Resolves when it is there, or could not be made: runners start without it, too.
   *
   * @throws what the file system refused
   */
  async refresh(excluded: readonly string[]): Promise<void> {
    const stampFile = join(this.folder, `${createHash('sha256').update(this.#workspace).digest('hex').slice(0, 16)}.stamp`)
    const stamp = this.#stamp()
    if (this.#compiling || readStamp(stampFile) === stamp) return
    const child = spawn(
      process.execPath,
      [
        '--permission',
        ...[...readablePaths(this.#workspace), this.folder].map((path) => `--allow-fs-read=${path}`),
        `--allow-fs-write=${this.folder}`,
        ...codeFlags(this.#maxHeapMb),
        program,
        this.#workspace,
        ...excluded,
      ],
      { cwd: this.#workspace, env: { NODE_COMPILE_CACHE: this.folder }, stdio: 'ignore' },
    )
    const exited = new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null))
      child.once('exit', resolve)
    })
    this.#compiling = { child, exited }
    try {
      // Work that somebody waits for goes first.
      if (child.pid !== undefined) putBehind(child.pid)
      if ((await exited) !== 0) return
      this.#showToRunners()
      writeFileSync(stampFile, stamp)
    } finally {
      this.#compiling = undefined
    }
  }

  async close(): Promise<void> {
    this.#compiling?.child.kill('SIGKILL')
    await this.#compiling?.exited
  }

  /** Node writes its files for one user alone. */
  #showToRunners(): void {
    for (const file of globSync('v*/*', { cwd: this.folder })) chmodSync(join(this.folder, file), 0o644)
  }

  /** Changes with every file that may have changed. */
  #stamp(): string {
    const hash = createHash('sha256').update(`${process.version}\0${this.#maxHeapMb}\0`)
    for (const folder of readablePaths(this.#workspace).filter((path) => !path.includes('node_modules') && statOf(path)?.isDirectory())) {
      for (const file of globSync(sources, { cwd: folder, exclude: (name) => name === 'node_modules' }).sort()) {
        const stats = statOf(join(folder, file))
        if (stats) hash.update(`${folder}\0${file}\0${stats.mtimeMs}\0${stats.size}\0`)
      }
    }
    return hash.digest('hex')
  }
}

/** Undefined where nothing can be read: a link to nowhere or in a circle, or a file that was removed a moment ago. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** It may have ended already, or not be ours to slow down. */
function putBehind(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // It compiles as fast as all else.
  }
}

function readStamp(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
