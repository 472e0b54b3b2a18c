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
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readablePaths } from '../readable-paths.ts'
import { buildCode, codeFolder, compiledFile, entryIn, warmUp, yieldTo } from './runner-code.ts'

const program = fileURLToPath(new URL('../../../runner/compile.ts', import.meta.url))
const sources = '**/*.{ts,mts,js,mjs}'

/** Flags that compiled code depends on: what fills the cache has the same. */
export function codeFlags(maxHeapMb: number): string[] {
  return [
    '--disable-sigusr1',
    '--no-experimental-sqlite',
    `--max-old-space-size=${maxHeapMb}`,
    // Nothing is collected while it loads: a quarter less work for each start.
    '--min-semi-space-size=16',
    '--no-warnings',
  ]
}

type CacheGiven = {
  folder: string
  workspace: string
  maxHeapMb: number
  /** Our own code may be where all caches of this checkout find it. Default: true. */
  sharesCode?: boolean
}

/**
 * Compiled code, types stripped, that runners only read: with it one starts in a fraction of the time and smaller. It is written by
 * processes that run our own code, or compile author code and never run it, so nothing that author code does can get into it.
 */
export class CompileCache {
  readonly folder: string
  readonly #workspace: string
  readonly #maxHeapMb: number
  readonly #sharesCode: boolean
  /** What a runner starts with. Undefined until it was made: then it starts from the sources. */
  entry: string | undefined
  #child: ChildProcess | undefined
  #refreshing: Promise<void> | undefined
  #isClosed = false

  private constructor({ folder, workspace, maxHeapMb, sharesCode = true }: CacheGiven) {
    this.folder = folder
    this.#sharesCode = sharesCode
    this.#workspace = workspace
    this.#maxHeapMb = maxHeapMb
    this.entry = entryIn(codeFolder(folder, sharesCode))
  }

  /** Undefined where there is no place for it: runners start without it, too. */
  static open(given: CacheGiven): CompileCache | undefined {
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
    if (this.#refreshing) return
    this.#refreshing = this.#refresh(excluded)
    try {
      await this.#refreshing
    } finally {
      this.#refreshing = undefined
    }
  }

  async #refresh(excluded: readonly string[]): Promise<void> {
    const code = codeFolder(this.folder, this.#sharesCode)
    const stamp = this.#stamp(code)
    if (this.entry !== undefined && readStamp(this.#stampFile) === stamp) return
    const entry = await this.#makeEntry(code)
    const args = [...this.#nodeArgs(), program, entry ?? '', this.#workspace, ...excluded]
    const child = spawn(process.execPath, args, {
      cwd: this.#workspace,
      env: { NODE_COMPILE_CACHE: this.folder },
      stdio: 'ignore',
    })
    yieldTo(child)
    if (!(await this.#follow(child))) return
    this.#showToRunners()
    this.#forgetOthers(code)
    this.entry = entry
    writeFileSync(this.#stampFile, stamp)
  }

  /** Our own code, in few files and compiled. */
  async #makeEntry(code: string): Promise<string | undefined> {
    const follow = (child: ChildProcess) => this.#follow(child)
    if (entryIn(code) === undefined && !(await buildCode(code, follow))) return undefined
    const entry = entryIn(code)
    if (entry === undefined || (await warmUp(this.#nodeArgs(), entry, this.folder, follow))) return entry
    // A runner does not run with it, and nobody is to find it there.
    if (!this.#isClosed) rmSync(code, { recursive: true, force: true })
    return undefined
  }

  #nodeArgs(): string[] {
    return [
      '--permission',
      ...[...readablePaths(this.#workspace), this.folder].map((path) => `--allow-fs-read=${path}`),
      `--allow-fs-write=${this.folder}`,
      ...codeFlags(this.#maxHeapMb),
    ]
  }

  /** Resolves when it has ended, with whether it did what it was to do. */
  #follow(child: ChildProcess): Promise<boolean> {
    this.#child = child
    if (this.#isClosed) child.kill('SIGKILL')
    return new Promise((resolve) => {
      child.once('error', () => resolve(false))
      child.once('exit', (code) => resolve(code === 0))
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#child?.kill('SIGKILL')
    // What it was refused is told to the one that asked for it.
    await this.#refreshing?.catch(() => {})
  }

  /** Node writes its files for one user alone. */
  #showToRunners(): void {
    for (const file of globSync('v*/*', { cwd: this.folder })) chmodSync(join(this.folder, file), 0o644)
  }

  get #stampFile(): string {
    return join(this.folder, `${createHash('sha256').update(this.#workspace).digest('hex').slice(0, 16)}.stamp`)
  }

  /**
   * A runner did not come as far as the first file: what it started from may be damaged, which V8 does not notice. It is made again by the
   * next refresh, and until then runners start from the sources.
   *
   * @returns whether there was anything to forget
   */
  forget(): boolean {
    if (this.entry === undefined) return false
    rmSync(compiledFile(this.folder, dirname(this.entry)), { force: true })
    rmSync(this.#stampFile, { force: true })
    this.entry = undefined
    return true
  }

  /** What was compiled of code from before an upgrade. */
  #forgetOthers(code: string): void {
    const kept = basename(compiledFile(this.folder, code))
    for (const file of globSync('runner-*.compiled*', { cwd: this.folder }))
      if (file !== kept) rmSync(join(this.folder, file), { force: true })
  }

  /** Changes with every file that may have changed. */
  #stamp(code: string): string {
    const hash = createHash('sha256').update(`${process.version}\0${this.#maxHeapMb}\0${code}\0`)
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

function readStamp(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
