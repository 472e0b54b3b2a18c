import type { Me } from '@crosswalk/client'
import { useQuery } from '@tanstack/react-query'
import { meFor, type Subject } from '../../queries/access.ts'
import { permissionWords } from './permission-words.ts'

/** What someone with these permissions lacks; undefined where they have it, and while that is not known: the server decides. */
export function lackOf(permissions: readonly string[] | undefined, wanted: string): string | undefined {
  if (permissions === undefined || permissions.includes(wanted)) return undefined
  return `You do not have the permission “${permissionWords(wanted)}” here. Ask an administrator for it.`
}

type Permissions = { permissions: readonly string[]; permissions_for_all: readonly string[] }

/** What someone lacks for what is global: that takes a permission for all organizations. */
export function lackForAllOf(me: Permissions | undefined, wanted: string): string | undefined {
  const lack = lackOf(me?.permissions, wanted)
  if (lack !== undefined || me === undefined || me.permissions_for_all.includes(wanted)) return lack
  return `This is of all organizations, and you have the permission “${permissionWords(wanted)}” for some of them only. Ask an administrator for it.`
}

/** Why something global may not be seen or done. */
export function useLackForAll(wanted: string, subject: Subject = {}): string | undefined {
  const me = useQuery(meFor('', subject)).data
  return viewingLack(me, wanted) ?? lackForAllOf(me, wanted)
}

/** Who looks at Crosswalk as somebody else changes nothing. */
function viewingLack(me: Me | undefined, wanted: string): string | undefined {
  return me?.viewed_by && !wanted.startsWith('canView') ? `You view Crosswalk as ${me.principal.name}: nothing can be changed.` : undefined
}

/**
 * True where something may be asked of the server: it is not asked for what it would refuse. Where nobody can say what one may, the server
 * decides.
 *
 * @param orgId null for what is global; not given, for some organization
 */
export function useMay(wanted: string, orgId?: string | null, subject: Subject = {}): boolean {
  const { data, isError } = useQuery(meFor(orgId ?? '', subject))
  if (data === undefined) return isError
  return (orgId === null ? lackForAllOf(data, wanted) : lackOf(data.permissions, wanted)) === undefined
}

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
  const viewing = viewingLack(me, wanted)
  if (viewing !== undefined) return viewing
  if (here === undefined || atAll !== undefined || name === undefined) return here
  return `Your role lets you “${permissionWords(wanted)}” for some ${subject.workflow === undefined ? 'integrations' : 'workflows'} only, and not for ${name}. Ask an administrator for it.`
}

/**
 * The same for an organization, or with null for what is global.
 *
 * @param orgId not given, for some organization
 */
export function useLackIn(wanted: string, orgId: string | null | undefined, subject: Subject = {}): string | undefined {
  const here = useLack(wanted, orgId ?? undefined, subject)
  const forAll = useLackForAll(wanted, subject)
  return orgId === null ? forAll : here
}

/** Whether the server is asked for something that is shown, and where it is not, why. As `useMay` and `useLackIn`. */
export function useMayAsk(wanted: string, orgId: string | null | undefined, subject: Subject = {}): { may: boolean; lack?: string } {
  const may = useMay(wanted, orgId, subject)
  const lack = useLackIn(wanted, orgId, subject)
  return may || lack === undefined ? { may } : { may, lack }
}
