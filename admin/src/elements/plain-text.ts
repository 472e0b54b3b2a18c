const alike: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ı: 'i' }
const ascii = /^[\u0000-\u007f]*$/

/** Text as people look for it, as the server's own searches have it: in lower case, without accents, ß as ss. */
export function plainText(text: string): string {
  const lower = text.toLowerCase()
  if (ascii.test(lower)) return lower
  return lower
    .normalize('NFD')
    .replace(/[\u0300-\u036f]+/g, '')
    .replace(/[ßæœøđðłı]/g, (letter) => alike[letter] ?? letter)
}

/** Whether a text has another in it, as people look for it. */
export const hasText = (text: string, wanted: string): boolean => plainText(text).includes(plainText(wanted.trim()))
