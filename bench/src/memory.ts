import { readdir, readFile } from 'node:fs/promises'

export type Memory = { pss: number; rss: number /** Largest first. */; processes: { name: string; pss: number }[] }

const MB = 1024 // of KB

/**
 * The resident memory of a process and everything below it, in MB. PSS divides a page among those that share it, so its sum is what the
 * machine gives; the sum of RSS counts PostgreSQL's shared memory once for each of its processes. Undefined where /proc is not there.
 */
export async function memoryOf(root: number): Promise<Memory | undefined> {
  if (process.platform !== 'linux') return undefined
  const parents = new Map<number, number>()
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const status = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
    // The name in parentheses may hold anything; the parent comes second after it.
    const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1])
    if (parent > 0) parents.set(Number(entry), parent)
  }
  const isBelow = (pid: number): boolean => pid === root || isBelowParent(parents.get(pid))
  const isBelowParent = (parent: number | undefined) => parent !== undefined && parent > 1 && isBelow(parent)
  const processes: { name: string; pss: number; rss: number }[] = []
  for (const pid of parents.keys()) {
    if (!isBelow(pid)) continue
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').filter(Boolean)
    const amount = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) / MB
    const name = command
      .filter((part) => !part.startsWith('--'))
      .slice(0, 3)
      .join(' ')
      .slice(-80)
    processes.push({ name, pss: amount('Pss'), rss: amount('Rss') })
  }
  const sum = (of: 'pss' | 'rss') => processes.reduce((total, part) => total + part[of], 0)
  return { pss: sum('pss'), rss: sum('rss'), processes: processes.toSorted((left, right) => right.pss - left.pss) }
}
