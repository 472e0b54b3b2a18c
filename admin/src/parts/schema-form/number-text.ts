/** The sign between whole and part where a person lives. */
function decimalSign(locale: string): string {
  try {
    return new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.'
  } catch {
    return '.'
  }
}

/** The number that a person wrote, as 1,5 or 1.5 or 12 000; undefined where it is none. */
export function parseNumber(text: string, locale: string): number | undefined {
  const plain = text
    .trim()
    .replaceAll(/[\s\u00a0\u202f'’_]/g, '')
    .replace('−', '-')
  const sign = decimalSign(locale)
  const group = sign === ',' ? '.' : ','
  const grouped = new RegExp(`^[+-]?\\d{1,3}(?:\\${group}\\d{3})+(?:\\${sign}\\d+)?$`)
  const normal = (grouped.test(plain) ? plain.replaceAll(group, '') : plain).replace(sign, '.')
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(normal) && Number.isFinite(Number(normal)) ? Number(normal) : undefined
}

/** A number as the person writes it, without signs between thousands. */
export function formatNumber(value: number, locale: string): string {
  return String(value).replace('.', decimalSign(locale))
}
