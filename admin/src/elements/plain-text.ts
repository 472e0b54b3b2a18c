/** Letters that are no plain one with a mark: the same as in the server, which `e2e/letters.test.ts` holds to each other. */
const alike: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ı: 'i', þ: 'th' }
const oneOfThem = new RegExp(`[${Object.keys(alike).join('')}]`, 'g')
const ascii = /^[\u0000-\u007f]*$/

/** Text as people look for it, as the server's own searches have it: in lower case, without accents, ß as ss. */
export function plainText(text: string): string {
  const lower = text.toLowerCase()
  if (ascii.test(lower)) return lower
  return lower
    .normalize('NFD')
    .replace(/[\u0300-\u036f]+/g, '')
    .replace(oneOfThem, (letter) => alike[letter] ?? letter)
}

/** Whether a text has another in it, as people look for it. */
export const hasText = (text: string, wanted: string): boolean => plainText(text).includes(plainText(wanted.trim()))
