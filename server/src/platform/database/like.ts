import { type Sql, sql } from './database.ts'

/** The pattern of `like` that holds for each text with this one in it. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** That a text has this one in it, as people look for it: in any case, and without accents, `strasse` in `Hauptstraße`. */
export const hasText = (column: Sql, text: string): Sql => sql`plain_text(${column}) ilike plain_text(${containing(text)})`
