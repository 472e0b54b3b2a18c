/** Files whose tests keep a browser at work. */
const isBusy = (file: string) => file.startsWith('e2e/')
/** Files whose tests start processes and wait for what becomes of them. */
const isWaiting = (file: string) => /^(server\/tests|cli|docs|scripts)\//.test(file)

/**
 * The order in which test files are begun: those that take long before the short ones, so that none of them is left for the end; and
 * beside each that keeps the processors busy one that mostly waits.
 */
export function inOrder(files: readonly string[]): string[] {
  const sorted = files.toSorted()
  const [busy, waiting] = [sorted.filter(isBusy), sorted.filter(isWaiting)]
  const rounds = Array.from({ length: Math.max(busy.length, waiting.length) }, (_, round) => round)
  // As evenly as the shorter of the two goes into the other.
  const at = (list: readonly string[], round: number) =>
    list.slice(Math.floor((round * list.length) / rounds.length), Math.floor(((round + 1) * list.length) / rounds.length))
  const long = rounds.flatMap((round) => [...at(busy, round), ...at(waiting, round)])
  return [...long, ...sorted.filter((file) => !isBusy(file) && !isWaiting(file))]
}
