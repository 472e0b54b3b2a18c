import type { Cli } from '../cli.ts'
import { organizationIdOf } from './organization-reference.ts'

export const selectionHelp = 'all, mapped:<integration>, tag:<tag>, field:<name>=<value>, or ids or exact names with commas between them'

/** The organizations that an option names, as the API takes them. */
export async function selectionOf(cli: Cli, text: string): Promise<string | string[]> {
  if (text === 'all' || /^(mapped|tag|field):/.test(text)) return text
  const ids: string[] = []
  for (const reference of text.split(',')) ids.push(await organizationIdOf(cli, reference.trim()))
  return ids
}
