import { domainToASCII } from 'node:url'
import { type Sql, sql } from './database.ts'

/** The pattern of `like` that holds for each text with this one in it. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** That a text has this one in it, as people look for it: in any case, and without accents, `strasse` in `Hauptstraße`. */
export const hasText = (column: Sql, text: string): Sql => sql`plain_text(${column}) ilike plain_text(${containing(text)})`

/** The same of a host name: `müller.de` is kept as the net knows it, `xn--mller-kva.de`. */
export const hasHostName = (column: Sql, text: string): Sql => hasText(column, domainToASCII(text.trim()) || text)
