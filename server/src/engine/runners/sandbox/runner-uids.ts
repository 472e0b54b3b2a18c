/**
 * User ids that systemd and distributions leave free, and that a container with 65,536 of them has. Each runner has its own while they
 * last, so that no runner may signal or trace another, and the limit on processes counts its own.
 */
const first = 60_706
const count = 478

let next = process.pid % count

/** The user id for the next runner. The group has the same number. */
export function runnerUid(): number {
  next = (next + 1) % count
  return first + next
}
