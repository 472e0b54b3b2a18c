import pg from 'pg'

const { TIMESTAMPTZ } = pg.types.builtins

/**
 * A time as PostgreSQL writes it in UTC, like `2026-11-28 09:30:00.123456+00`. The driver takes it apart with regular expressions, for each
 * time of each row; the engine reads it as it is. What is written otherwise (before Christ, infinity, another time zone) is left to the driver.
 */
function parseTime(text: string): unknown {
  if (text.length < 22 || text[10] !== ' ' || !text.endsWith('+00')) return otherwise(text)
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
}

const otherwise: (text: string) => unknown = pg.types.getTypeParser(TIMESTAMPTZ)

/** How values of columns are read: as the driver does, but for times. */
export const getTypeParser: typeof pg.types.getTypeParser = (type: number, format?: 'text' | 'binary') =>
  type === TIMESTAMPTZ && format !== 'binary' ? parseTime : pg.types.getTypeParser(type, format as 'text')
