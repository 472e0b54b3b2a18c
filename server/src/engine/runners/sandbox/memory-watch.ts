import { readFileSync } from 'node:fs'

const lookEveryMs = 500
/** Of a page of memory, on the processors that we run on; larger pages make the limit lower, not higher. */
const pageBytes = 4096

/**
 * Looks at the resident memory of what runs below a process, again and again: the heap has a limit of its own, buffers have none. Calls back
 * once. Only on Linux.
 *
 * @returns what ends it
 */
export function watchMemory(pid: number, maxBytes: number, onOver: () => void): () => void {
  if (process.platform !== 'linux') return () => {}
  const timer = setInterval(() => {
    const bytes = residentBytes(processChain(pid).at(-1) ?? pid)
    if (bytes === undefined || bytes <= maxBytes) return
    clearInterval(timer)
    onOver()
  }, lookEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** A process and what it started, as long as each has one child: what starts a runner may stay above it. Outermost first. */
export function processChain(pid: number): number[] {
  const child = Number(readProcFile(`/proc/${pid}/task/${pid}/children`)?.trim().split(' ')[0])
  return child > 0 ? [pid, ...processChain(child)] : [pid]
}

/** What of a process is in memory; undefined where nobody tells. */
export function residentBytes(pid: number): number | undefined {
  const pages = Number(readProcFile(`/proc/${pid}/statm`)?.split(' ')[1])
  return Number.isFinite(pages) ? pages * pageBytes : undefined
}

/** Undefined where the process has ended. */
export function readProcFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
