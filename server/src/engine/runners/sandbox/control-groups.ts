import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { readProcFile } from './memory-watch.ts'

/** A folder of the kernel's in which groups with a limit of memory may be made, in the way of one of its two versions. */
export type GroupFolder = { version: 1 | 2; path: string }

/** Where our own processes are, beside the groups of runners: in version 2 a group has processes or groups with limits, not both. */
export const ownLeaf = 'crosswalk-processes'

/** Moves that another process of ours may come between, by starting one more. */
const maxMoves = 5

/**
 * Finds the folder for groups of this process, and prepares it.
 *
 * @throws where there is none, with why in its message
 */
export function openGroupFolder(): GroupFolder {
  const own = (readProcFile('/proc/self/cgroup') ?? '').trim().split('\n')
  const mounts = (readProcFile('/proc/self/mountinfo') ?? '').trim().split('\n')
  const found = findOwnGroup(own, mounts)
  if (!found) throw new Error('the kernel has no memory control groups here')
  return found.version === 1 ? found : { version: 2, path: prepareFolder(found.path, 'memory') }
}

/**
 * The group of a process in the hierarchy that has the controller of memory.
 *
 * @param own the lines of `/proc/self/cgroup`
 * @param mounts the lines of `/proc/self/mountinfo`
 */
export function findOwnGroup(own: readonly string[], mounts: readonly string[]): GroupFolder | undefined {
  const groups = own.map((line) => /^\d+:([^:]*):(.*)$/.exec(line)).filter((match) => match !== null)
  const pathOf = (isIt: (controllers: string[]) => boolean) => groups.find((match) => isIt((match[1] as string).split(',')))?.[2] // both are in the pattern
  // The controller is in one of the two: where version 1 has it, it is not in version 2.
  const first = pathOf((controllers) => controllers.includes('memory'))
  const second = pathOf((controllers) => controllers[0] === '')
  const version = first === undefined ? 2 : 1
  const path = first ?? second
  if (path === undefined) return undefined
  for (const line of mounts) {
    const [before = '', after = ''] = line.split(' - ')
    const [, , , root = '', point = ''] = before.split(' ')
    const [type, , options = ''] = after.split(' ')
    if (version === 1 ? type !== 'cgroup' || !options.split(',').includes('memory') : type !== 'cgroup2') continue
    // A container may see its part of the hierarchy alone, and still be told its whole path.
    if (root === '/' || path === root || path.startsWith(`${root}/`))
      return { version, path: join(point, root === '/' ? path : path.slice(root.length)) }
  }
  return undefined
}

/**
 * Lets groups below this one have limits. Where that is refused because processes are in it, ours are moved one further down first.
 *
 * @returns the folder for groups: this one, or the one above where we were moved down already
 * @throws where it may not, or processes that are not ours are in it: then ours are where they were
 */
export function prepareFolder(own: string, controller: string, pid = process.pid): string {
  const folder = basename(own) === ownLeaf ? dirname(own) : own
  if (!wordsOf(join(folder, 'cgroup.controllers')).includes(controller)) throw new Error(`${folder} has no ${controller} controller`)
  const knob = join(folder, 'cgroup.subtree_control')
  const moved: number[] = []
  for (let moves = 0; !wordsOf(knob).includes(controller); moves++) {
    try {
      writeFileSync(knob, `+${controller}`)
    } catch (error) {
      const isBusy = (error as NodeJS.ErrnoException).code === 'EBUSY'
      const now = isBusy && moves < maxMoves ? moveDown(folder, pid) : []
      moved.push(...now)
      if (now.length > 0) continue
      moveBack(folder, moved)
      throw isBusy ? new Error(`other processes are in ${folder}`) : error
    }
  }
  return folder
}

/**
 * Moves the processes of a group into the leaf below it, where all are of the same start of Crosswalk as the given one.
 *
 * @returns those that were moved: none where others are in the group
 */
export function moveDown(folder: string, pid: number): number[] {
  const all = processesIn(folder)
  const ours = familyOf(pid, all)
  if (ours.length < all.length) return []
  const leaf = join(folder, ownLeaf)
  mkdirSync(leaf, { recursive: true })
  for (const each of ours) move(each, leaf)
  return ours
}

export function moveBack(folder: string, moved: readonly number[]): void {
  for (const each of moved) move(each, folder)
  // Another worker's processes may be in it.
  if (moved.length > 0) removeGroup(join(folder, ownLeaf))
}

/** Puts a process into a group. One that has ended needs none. */
function move(pid: number, group: string): void {
  try {
    writeFileSync(join(group, 'cgroup.procs'), String(pid))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** @returns whether it is gone: the kernel keeps one that has processes */
export function removeGroup(path: string): boolean {
  try {
    rmdirSync(path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

function processesIn(group: string): number[] {
  return wordsOf(join(group, 'cgroup.procs')).map(Number)
}

/** Those of the processes that belong to the start of Crosswalk which this one is of: it, the Nodes above it, and all that these started. */
function familyOf(pid: number, among: readonly number[]): number[] {
  let head = pid
  for (let above = parentOf(head); above !== undefined && among.includes(above) && isNode(above); above = parentOf(head)) head = above
  const isBelow = (each: number | undefined): boolean => each === head || (each !== undefined && each > 1 && isBelow(parentOf(each)))
  return among.filter(isBelow)
}

function parentOf(pid: number): number | undefined {
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(readProcFile(`/proc/${pid}/status`) ?? '')?.[1])
  return parent > 0 ? parent : undefined
}

function isNode(pid: number): boolean {
  return /^(.*\/)?node$/.test(readProcFile(`/proc/${pid}/cmdline`)?.split('\0')[0] ?? '')
}

function wordsOf(file: string): string[] {
  return readFileSync(file, 'utf8').split(/\s+/).filter(Boolean)
}
