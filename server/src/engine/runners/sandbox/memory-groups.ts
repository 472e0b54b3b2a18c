import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type GroupFolder, openGroupFolder, removeGroup } from './control-groups.ts'
import { processChain, readProcFile } from './memory-watch.ts'
import { findProgram } from './programs.ts'

/** The kernel ends what uses more memory than its group may. One group for each runner. */
export type MemoryGroups = {
  /** @throws where the system makes no group any more */
  make(maxBytes: number): MemoryGroup
}

export type MemoryGroup = {
  /**
   * Puts a process and what it started into the group. What they start later is in it by itself.
   *
   * @throws where the system refuses it
   */
  hold(pid: number): Promise<void>
  /** Whether the kernel ended a process of it because the group had no more memory. */
  isSpent(): boolean
  /** Removes the group once nothing is in it. What does not end is left to the next start. */
  remove(): Promise<void>
}

const prefix = 'crosswalk-runner-'
/** How long what is killed may take to be gone. */
const removeMs = 5_000
const removeEveryMs = 20
/** The kernel counts in batches. */
const spentShare = 0.98
const probeBytes = 64 * 1024 * 1024

/**
 * Finds out whether runners can have groups of memory here, by putting a process into one.
 *
 * @returns why not, in a part of a sentence
 */
export async function openMemoryGroups(): Promise<MemoryGroups | { problem: string }> {
  if (process.platform !== 'linux') return { problem: 'control groups are for Linux' }
  let folder: GroupFolder | undefined
  try {
    folder = openGroupFolder()
    removeLeftGroups(folder)
    const groups = memoryGroupsIn(folder)
    await tryOut(groups)
    return groups
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // of the system or ours
    // The name of the group that was tried says nothing to anybody.
    return { problem: folder && code ? `${code}: no control group can be made in ${folder.path}` : message }
  }
}

export function memoryGroupsIn(folder: GroupFolder): MemoryGroups {
  return { make: (maxBytes) => makeGroup(folder, `${prefix}${ownerName(process.pid)}-${randomUUID()}`, maxBytes) }
}

/** A process is its number and when it was started: numbers come again. */
function ownerName(pid: number): string | undefined {
  // The name in brackets may have blanks in it.
  const started = readProcFile(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[19]
  return started === undefined ? undefined : `${pid}-${started}`
}

/** Groups whose worker has ended. One that still has processes is kept by the kernel. */
function removeLeftGroups({ path }: GroupFolder): void {
  for (const name of readdirSync(path)) {
    const owner = name.startsWith(prefix) ? /^((\d+)-\d+)-/.exec(name.slice(prefix.length)) : null
    if (owner && ownerName(Number(owner[2])) !== owner[1]) removeGroup(join(path, name))
  }
}

function makeGroup(folder: GroupFolder, name: string, maxBytes: number): MemoryGroup {
  const path = join(folder.path, name)
  mkdirSync(path)
  try {
    limit(folder.version, path, maxBytes)
  } catch (error) {
    removeGroup(path)
    throw error
  }
  const holds = (pid: number) => {
    const groups = readProcFile(`/proc/${pid}/cgroup`)
    return groups === undefined || groups.split('\n').some((line) => line.endsWith(`/${name}`))
  }
  return {
    async hold(pid) {
      const gone = new Set<number>()
      for (;;) {
        // One that was started before its parent was moved is seen below it in the next round.
        const outside = processChain(pid).filter((each) => !gone.has(each) && !holds(each))
        if (outside.length === 0) return
        // The kernel may wait some milliseconds for all its processors: not in our thread.
        for (const each of outside)
          await writeFile(join(path, 'cgroup.procs'), String(each)).catch((error) => {
            if (error.code !== 'ESRCH') throw error
            gone.add(each)
          })
      }
    },
    isSpent: () => isSpent(folder.version, path),
    async remove() {
      for (const until = performance.now() + removeMs; !removeGroup(path) && performance.now() < until; ) await delay(removeEveryMs)
    },
  }
}

function limit(version: GroupFolder['version'], path: string, maxBytes: number): void {
  const set = (knob: string, value: string | number) => writeFileSync(join(path, knob), String(value))
  /** Kernels without swap do not have these. */
  const setWhereIs = (knob: string, value: string | number) => existsSync(join(path, knob)) && set(knob, value)
  if (version === 1) {
    set('memory.limit_in_bytes', maxBytes)
    // Memory and swap together.
    setWhereIs('memory.memsw.limit_in_bytes', maxBytes)
  } else {
    set('memory.max', maxBytes)
    setWhereIs('memory.swap.max', 0)
    setWhereIs('memory.oom.group', 1)
  }
}

/** Where the machine as a whole had no more memory, the kernel ends processes too: the group's own limit must have been met. */
function isSpent(version: GroupFolder['version'], path: string): boolean {
  const read = (knob: string) => readProcFile(join(path, knob)) ?? ''
  const count = (text: string, name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
  if (version === 1) {
    // Counts of refusals are no measure: newer kernels end a process without one.
    const used = Math.max(...['memory.max_usage_in_bytes', 'memory.memsw.max_usage_in_bytes'].map((knob) => Number(read(knob))))
    return count(read('memory.oom_control'), 'oom_kill') > 0 && used >= Number(read('memory.limit_in_bytes')) * spentShare
  }
  const events = read('memory.events')
  return count(events, 'oom_kill') > 0 && count(events, 'oom') > 0
}

async function tryOut(groups: MemoryGroups): Promise<void> {
  const group = groups.make(probeBytes)
  try {
    // It waits for an end of its input.
    const child = spawn(findProgram('sh') ?? '/bin/sh', ['-c', 'read line'], { stdio: ['pipe', 'ignore', 'ignore'], env: {} })
    const ended = new Promise((resolve) => child.once('error', resolve).once('exit', resolve))
    try {
      if (child.pid === undefined) throw new Error(`a process could not be started: ${await ended}`)
      await group.hold(child.pid)
    } finally {
      child.kill('SIGKILL')
      await ended
    }
  } finally {
    await group.remove()
  }
}
