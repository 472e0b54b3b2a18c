/** The value that this share of the samples does not exceed. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((left, right) => left - right)
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))]
  if (value === undefined) throw new Error('Nothing was measured.')
  return value
}

/** Turns that warm up: the code of both sides is compiled as it runs hot, which takes seconds. */
const warmingTurns = 2

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5)
}

/**
 * Measures two things in turn, A/B/A/B, so that whatever else the machine does falls on both. The first turns of each warm up and are not kept.
 */
export async function alternate<Ours, Yardstick>(
  turns: number,
  ours: () => Promise<Ours>,
  yardstick: () => Promise<Yardstick>,
  warming = warmingTurns,
): Promise<{ ours: Ours[]; yardstick: Yardstick[] }> {
  const kept: { ours: Ours[]; yardstick: Yardstick[] } = { ours: [], yardstick: [] }
  for (let turn = -warming; turn < turns; turn++) {
    const measured = { ours: await ours(), yardstick: await yardstick() }
    if (turn < 0) continue
    kept.ours.push(measured.ours)
    kept.yardstick.push(measured.yardstick)
  }
  return kept
}
