/** Letters that Unicode does not take apart into a plain one and a mark: the same as in searches, which `e2e/letters.test.ts` holds to each other. */
const plainLetters: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ı: 'i', þ: 'th' }
const plainLetter = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'g')

/** Legal forms as they stand at the end of a name, normalised: their words, the longest first. */
const legalForms = [
  'limited liability partnership|limited liability company|limited partnership|public limited company|proprietary limited|private limited',
  'incorporated|corporation|company|limited|inc|corp|co|ltd|llc|llp|lllp|lp|pllc|plc|pc|pa|cic|pty|pvt|pte|unlimited',
  'gesellschaft mit beschraenkter haftung|gesellschaft mit beschrankter haftung|aktiengesellschaft|mit beschrankter haftung',
  'gmbh|mbh|ggmbh|ag|kg|kgaa|ohg|ug|gbr|eg|ev|se|haftungsbeschrankt',
  'bv|nv|vof|cv|bvba|sa|sas|sasu|sarl|sarlu|eurl|sci|snc|scs|spa|srl|srls|sl|slu|sapi de cv|sa de cv|s de rl de cv|ltda|lda|eireli',
  'ab|as|asa|aps|oy|oyj|hf|ehf|sp zoo|spzoo|sp k|spk|doo|dd|ad|kft|zrt|bt|sro|ood|eood|kk|sdn bhd|bhd|tbk',
]
  .flatMap((line) => line.split('|'))
  .map((form) => form.split(' '))
  .sort((one, other) => other.length - one.length)

const formsByLastWord = Map.groupBy(legalForms, (form) => form.at(-1))

/** The words of a name: lower case, without accents and punctuation; letters that stand alone in a row are one word, as in "S. A.". */
function wordsOf(name: string): string[] {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(plainLetter, (letter) => plainLetters[letter] ?? letter)
    .replace(/['’`´]/g, '')
  const words: string[] = []
  let isLetterOpen = false
  for (const word of plain.split(/[^\p{L}\p{N}]+/u)) {
    if (word === '') continue
    const isLetter = word.length === 1 && !/\p{N}/u.test(word)
    if (isLetter && isLetterOpen) words[words.length - 1] += word
    else words.push(word)
    isLetterOpen = isLetter
  }
  return words
}

/** How many words at the end are a legal form, but never all of them: a company may be called Limited. */
function formAtEnd(words: string[]): number {
  const form = formsByLastWord
    .get(words.at(-1))
    ?.find((form) => form.length < words.length && form.every((word, index) => words[words.length - form.length + index] === word))
  return form?.length ?? 0
}

/**
 * The words of an organization's name that tell it from others. Case, accents, punctuation, "and" or "&", a "The" in front and
 * legal forms at the end ("Ltd", "GmbH & Co. KG") do not. Names that normalise to the same words are the same name.
 */
export function normalName(name: string): string {
  const all = wordsOf(name)
  const words = all.filter((word) => word !== 'and')
  if (words.length > 1 && words[0] === 'the') words.shift()
  for (let count = formAtEnd(words); count > 0; count = formAtEnd(words)) words.length -= count
  // A name of signs alone is just what it is.
  return (words.length > 0 ? words : all).join(' ') || name.trim()
}
