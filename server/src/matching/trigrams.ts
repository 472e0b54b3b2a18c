/** The groups of three letters of each word of a normalised name, with its beginning and end, each once. */
function trigramsOf(normalName: string): Set<string> {
  const found = new Set<string>()
  for (const word of normalName.split(' ')) {
    const letters = [' ', ' ', ...word, ' ']
    for (let at = 0; at + 2 < letters.length; at++) found.add(`${letters[at]}${letters[at + 1]}${letters[at + 2]}`)
  }
  return found
}

/** The trigrams of a list of names, numbered, and how much each tells: one that many names have tells little. */
export type Vocabulary = { numbers: ReadonlyMap<string, number>; weights: Float64Array; occurrences: Int32Array; unknownWeight: number }

export function vocabularyOf(normalNames: readonly string[]): Vocabulary {
  const counts = new Map<string, number>()
  for (const name of normalNames) for (const trigram of trigramsOf(name)) counts.set(trigram, (counts.get(trigram) ?? 0) + 1)
  // By their letters: the order of the names makes no difference, not even to the last digit of a sum.
  const sorted = [...counts].sort(([one], [other]) => (one < other ? -1 : 1))
  const weightOf = (count: number) => Math.log(1 + normalNames.length / (1 + count))
  return {
    numbers: new Map(sorted.map(([trigram], number) => [trigram, number])),
    weights: Float64Array.from(sorted, ([, count]) => weightOf(count)),
    occurrences: Int32Array.from(sorted, ([, count]) => count),
    unknownWeight: weightOf(0),
  }
}

/** A name with what is compared of it. What the vocabulary does not know has a weight, but cannot be shared. */
export type ComparedName = { words: readonly string[]; trigrams: Int32Array; weight: number }

export function comparedName(normalName: string, vocabulary: Vocabulary): ComparedName {
  const all = trigramsOf(normalName)
  const known = Int32Array.from([...all].flatMap((trigram) => vocabulary.numbers.get(trigram) ?? [])).sort()
  const unknown = (all.size - known.length) * vocabulary.unknownWeight
  return { words: normalName.split(' '), trigrams: known, weight: weightOfAll(known, vocabulary) + unknown }
}

export function weightOfAll(trigrams: Int32Array, { weights }: Vocabulary): number {
  return trigrams.reduce((sum, trigram) => sum + (weights[trigram] as number), 0)
}

const minLettersOfPart = 4
const partScore = 0.6

/** True if one name is the other with words left out, as "Northwind" is of "Northwind Traders". */
export function isPartOf(one: ComparedName, other: ComparedName): boolean {
  const [part, whole] = one.words.length < other.words.length ? [one, other] : [other, one]
  if (part.words.length === whole.words.length || part.words.join('').length < minLettersOfPart) return false
  return part.words.every((word) => whole.words.includes(word))
}

/**
 * From 0, nothing in common, to 1, the same trigrams: the weighted form of Dice's coefficient. The same whichever name comes first;
 * words in another order are the same.
 */
export function similarity(one: ComparedName, other: ComparedName, vocabulary: Vocabulary): number {
  const total = one.weight + other.weight
  const score = total === 0 ? 0 : Math.min(1, (2 * sharedWeight(one.trigrams, other.trigrams, vocabulary)) / total)
  return isPartOf(one, other) ? Math.max(score, partScore) : score
}

/** Both are in order, so that one walk along them finds what they share. */
function sharedWeight(one: Int32Array, other: Int32Array, { weights }: Vocabulary): number {
  let sum = 0
  for (let left = 0, right = 0; left < one.length && right < other.length; ) {
    const difference = (one[left] as number) - (other[right] as number)
    if (difference === 0) sum += weights[one[left] as number] as number
    if (difference <= 0) left++
    if (difference >= 0) right++
  }
  return sum
}
