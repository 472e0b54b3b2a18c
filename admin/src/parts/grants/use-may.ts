import { useQuery } from '@tanstack/react-query'
import { meFor } from '../../queries/access.ts'
import { permissionWords } from './permission-words.ts'

/** What someone with these permissions lacks; undefined where they have it, and while that is not known: the server decides. */
export function lackOf(permissions: readonly string[] | undefined, wanted: string): string | undefined {
  if (permissions === undefined || permissions.includes(wanted)) return undefined
  return `You do not have the permission “${permissionWords(wanted)}” here. Ask an administrator for it.`
}

/** Why something may not be done: for a button that is then disabled. @param orgId not given, for some organization */
export function useLack(wanted: string, orgId?: string): string | undefined {
  return lackOf(useQuery(meFor(orgId)).data?.permissions, wanted)
}
