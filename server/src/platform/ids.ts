import { v7 } from 'uuid'

/** A new id that grows with time, so that rows made together lie together and a list in id order is a list in time order. */
export function newId(): string {
  return v7()
}
