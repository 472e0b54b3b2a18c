import { builtin } from '@crosswalk/sdk/builtins'

/**
 * What is read is in buffers outside of the heap, which a collection of young objects frees. With 4 MB between them V8 marks the whole
 * heap again and again.
 */
const everyBytes = 2 * 1024 * 1024

let readBytes = 0
let collect: ((options: { type: 'minor' }) => void) | undefined

/**
 * Frees what was read, often. Left alone, V8 does that only when its young space of 16 MB is full of objects: long before, the buffers
 * outside make it mark the whole heap.
 */
export function countRead(bytes: number): void {
  readBytes += bytes
  if (readBytes < everyBytes) return
  readBytes = 0
  collect ??= collector()
  collect({ type: 'minor' })
}

function collector(): NonNullable<typeof collect> {
  const { setFlagsFromString } = builtin('node:v8')
  setFlagsFromString('--expose-gc')
  const found = builtin('node:vm').runInNewContext('gc') as NonNullable<typeof collect>
  setFlagsFromString('--no-expose-gc')
  return found
}
