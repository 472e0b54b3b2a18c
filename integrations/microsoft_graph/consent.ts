import { type IntegrationContext, isCrosswalkError, type MappingProblem } from '@crosswalk/sdk'
import { organization, type Relationship } from './answers.ts'
import { activeRelationships } from './discovery.ts'
import { loginRefusalOf, type Repair } from './login-codes.ts'
import { missingRoles, roleName } from './roles.ts'
import { consentUrl, type RouteChoice, type Settings, type TokenRoute } from './settings.ts'
import { isRefusal, TenantApi } from './tenant-api.ts'

/** Days before its end from which on a relationship that does not extend itself is a problem. */
const warnDays = 30
const dayMs = 86_400_000

export type ConsentProblem = MappingProblem & {
  /** Microsoft's code, where its login refused. */
  code: string | null
  remedy: string
  /** The one link that repairs it; null where there is none to open. */
  repairUrl: string | null
}

export type RouteCheck = { route: TokenRoute; works: boolean; problem: ConsentProblem | null }

export type RelationshipState = {
  name: string | null
  endsAt: string | null
  /** Whole days until its end; null where it has none. */
  daysLeft: number | null
  extendsItself: boolean
  roles: string[]
}

/** Whether a tenant can be reached, by which way, and for how long. */
export type ConsentHealth = {
  tenantId: string
  isHealthy: boolean
  /** The way that calls take. Null where none works. */
  tokenRoute: TokenRoute | null
  routes: RouteCheck[]
  /** Null where they could not be listed: reseller contracts alone have none. */
  relationships: RelationshipState[] | null
  /** When the last relationship ends; null where one extends itself or has no end. */
  endsAt: string | null
  problems: ConsentProblem[]
}

/** Tries each way with one small call and a new token, and looks at the relationships with the tenant. */
export async function checkConsent(
  context: IntegrationContext,
  settings: Settings,
  tenantId: string,
  choice: RouteChoice,
): Promise<ConsentHealth> {
  const ways: TokenRoute[] = choice === 'automatic' ? ['application', 'delegated'] : [choice]
  const checked: RouteCheck[] = []
  for (const route of ways) {
    const check = await checkRoute(context, settings, tenantId, route)
    if (check) checked.push(check)
  }
  const tokenRoute = checked.find(({ works }) => works)?.route ?? null
  const relationships = await relationshipsWith(context, settings, tenantId)
  // Of the ways, one has to work. Roles are what a user has there: the app's own permissions come with the consent.
  const broken = tokenRoute === null ? checked.flatMap(({ problem }) => problem ?? []) : []
  const ofRelationships = relationships === null ? [] : problemsOf(relationships, { needsRoles: tokenRoute === 'delegated' })
  const problems = [...broken, ...ofRelationships]
  return {
    tenantId,
    isHealthy: problems.length === 0,
    tokenRoute,
    routes: checked,
    relationships,
    endsAt: endOf(relationships ?? []),
    problems,
  }
}

/** @returns undefined where this way is not set up */
async function checkRoute(
  context: IntegrationContext,
  settings: Settings,
  tenantId: string,
  route: TokenRoute,
): Promise<RouteCheck | undefined> {
  try {
    await new TenantApi(context, settings, tenantId, route, { freshToken: true }).list('/organization', {
      schema: organization,
      query: { $select: 'id' },
      size: null,
    })
    return { route, works: true, problem: null }
  } catch (error) {
    context.signal.throwIfAborted()
    if (isCrosswalkError(error, 'secret_not_found') && route === 'delegated') return undefined
    // A vendor that is down says nothing of the consent.
    if (!isRefusal(error)) throw error
    return { route, works: false, problem: problemOf(error, settings, tenantId, route) }
  }
}

function problemOf(error: unknown, settings: Settings, tenantId: string, route: TokenRoute): ConsentProblem {
  const refusal = loginRefusalOf(error)
  if (refusal)
    return { code: refusal.code, problem: refusal.problem, remedy: refusal.remedy, repairUrl: linkFor(refusal.repair, settings, tenantId) }
  return route === 'application'
    ? {
        code: null,
        problem: 'The app is known in this tenant, and its permissions were not consented to.',
        remedy: 'Open the consent link as an administrator of the tenant.',
        repairUrl: consentUrl(settings, tenantId),
      }
    : {
        code: null,
        problem: "The partner's user may not read this tenant.",
        remedy:
          'Check that the GDAP relationship is active, and that the user is in a security group with the role Directory Readers in it.',
        repairUrl: partnerCenterUrl(tenantId),
      }
}

function linkFor(repair: Repair, settings: Settings, tenantId: string): string | null {
  if (repair === 'consent') return consentUrl(settings, tenantId)
  return repair === 'tenant' ? partnerCenterUrl(tenantId) : null
}

/** Where a partner sees the relationships with a customer, and asks for new ones. */
function partnerCenterUrl(tenantId: string): string {
  return `https://partner.microsoft.com/dashboard/v2/customers/${encodeURIComponent(tenantId)}/adminrelationships`
}

async function relationshipsWith(context: IntegrationContext, settings: Settings, tenantId: string): Promise<RelationshipState[] | null> {
  if (tenantId.toLowerCase() === settings.partnerTenantId.toLowerCase() || settings.listsContracts) return null
  try {
    const found = await activeRelationships(new TenantApi(context, settings, settings.partnerTenantId, 'automatic'), tenantId)
    return found.map(stateOf)
  } catch (error) {
    context.signal.throwIfAborted()
    if (isRefusal(error)) return null
    throw error
  }
}

function stateOf({ displayName, endDateTime, autoExtendDuration, accessDetails }: Relationship): RelationshipState {
  const endMs = endDateTime === null ? Number.NaN : Date.parse(endDateTime)
  return {
    name: displayName,
    endsAt: endDateTime,
    daysLeft: Number.isNaN(endMs) ? null : Math.floor((endMs - Date.now()) / dayMs),
    extendsItself: autoExtendDuration !== null && autoExtendDuration !== 'PT0S',
    roles: (accessDetails?.unifiedRoles ?? []).map(({ roleDefinitionId }) => roleName(roleDefinitionId)),
  }
}

/** One that stays is enough. */
function endOf(relationships: readonly RelationshipState[]): string | null {
  const ends = relationships.map(({ endsAt, extendsItself }) => (extendsItself ? null : endsAt))
  return ends.includes(null) ? null : (ends.sort().at(-1) ?? null)
}

function problemsOf(relationships: readonly RelationshipState[], { needsRoles }: { needsRoles: boolean }): ConsentProblem[] {
  if (relationships.length === 0) {
    const remedy =
      'Ask the customer for a new relationship in Partner Center. Until then only the app itself may reach the tenant, as far as it was consented to.'
    return [
      {
        code: null,
        problem: 'There is no active GDAP relationship with this customer.',
        remedy,
        repairUrl: 'https://partner.microsoft.com/dashboard/v2/customers/list',
      },
    ]
  }
  // One that stays is enough.
  const stays = relationships.some(({ daysLeft, extendsItself }) => extendsItself || daysLeft === null || daysLeft > warnDays)
  const end = endOf(relationships)
  const ending = stays
    ? []
    : [
        {
          code: null,
          problem: `The last GDAP relationship with this customer ends on ${end?.slice(0, 10)}, and does not extend itself.`,
          dueAt: end,
          remedy: 'Ask the customer for a new relationship in Partner Center, or switch its extension on.',
          repairUrl: 'https://partner.microsoft.com/dashboard/v2/customers/list',
        },
      ]
  const missing = needsRoles ? missingRoles(relationships.flatMap(({ roles }) => roles)) : []
  const roles = missing.map(({ role, act }) => ({
    code: null,
    problem: `No relationship gives the role ${role}, so the partner's user cannot ${act}.`,
    remedy: `Ask the customer for a relationship with the role ${role}, and give it to a security group of yours.`,
    repairUrl: 'https://partner.microsoft.com/dashboard/v2/customers/list',
  }))
  return [...ending, ...roles]
}
