import { v7 } from 'uuid'

/** A new id that grows with time, so that rows made together lie together and a list in id order is a list in time order. */
export function newId(): string {
  return v7()
}

/** The time at which an id of `newId` was made, in milliseconds since 1970. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
}
