import { useQuery } from '@tanstack/react-query'
import { meFor, type Subject } from '../../queries/access.ts'
import { permissionWords } from './permission-words.ts'

/** What someone with these permissions lacks; undefined where they have it, and while that is not known: the server decides. */
export function lackOf(permissions: readonly string[] | undefined, wanted: string): string | undefined {
  if (permissions === undefined || permissions.includes(wanted)) return undefined
  return `You do not have the permission “${permissionWords(wanted)}” here. Ask an administrator for it.`
}

/** Whether they have the permission for all organizations, as what is global needs; false while that is not known. */
export const useMayForAll = (wanted: string, subject: Subject = {}): boolean =>
  useQuery(meFor('', subject)).data?.permissions_for_all.includes(wanted) === true

/**
 * Why something may not be done: for a button that is then disabled.
 *
 * @param orgId not given, for some organization
 * @param subject the workflow or integration that it is about: a role may be for some only
 */
export function useLack(wanted: string, orgId?: string, subject: Subject = {}): string | undefined {
  const name = subject.workflow ?? subject.integration
  const me = useQuery(meFor(orgId)).data
  const atAll = lackOf(me?.permissions, wanted)
  const here = lackOf(useQuery(meFor(orgId, subject)).data?.permissions, wanted)
  if (me?.viewed_by && !wanted.startsWith('canView')) return `You view Crosswalk as ${me.principal.name}: nothing can be changed.`
  if (here === undefined || atAll !== undefined || name === undefined) return here
  return `Your role lets you “${permissionWords(wanted)}” for some ${subject.workflow === undefined ? 'integrations' : 'workflows'} only, and not for ${name}. Ask an administrator for it.`
}
