import { randomUUID } from 'node:crypto'
import type { JsonObject, JsonValue } from '@crosswalk/sdk'
import { answer, type VendorAnswer, type VendorRequest } from '@crosswalk/sdk/testing'
import { badRequest, contextOf, entity, graphError, noSuchResource } from './graph-answers.ts'
import { consumedUnits, findUser, skuIdsOf, type Tenant } from './graph-tenants.ts'
import type { Entity } from './odata-filter.ts'
import { type ListDesk, listAnswer, selectedOf } from './odata-list.ts'

/** What Graph gives of a user without `$select`. */
const defaultUserFields = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
]

const writable = new Set([
  'accountEnabled',
  'businessPhones',
  'city',
  'companyName',
  'country',
  'department',
  'displayName',
  'employeeId',
  'givenName',
  'jobTitle',
  'mailNickname',
  'mobilePhone',
  'officeLocation',
  'passwordProfile',
  'preferredLanguage',
  'surname',
  'usageLocation',
  'userPrincipalName',
])

/** A handler that knows whose token it is. */
export type TenantHandler = (tenant: Tenant, request: VendorRequest, desk: ListDesk) => VendorAnswer

export const userRoutes: Record<string, TenantHandler> = {
  'GET /v1.0/users': (tenant, request, desk) =>
    listAnswer(request, desk, [...tenant.users.values()], {
      name: 'users',
      defaultFields: defaultUserFields,
      defaultTop: 100,
      maxTop: 999,
      isDirectoryObject: true,
    }),
  'GET /v1.0/users/$count': ({ users }, { headers }) =>
    headers.consistencylevel === 'eventual'
      ? answer(200, users.size, { 'content-type': 'text/plain' })
      : badRequest("$count is not currently supported without the header 'ConsistencyLevel: eventual'."),
  'GET /v1.0/users/:id': withUser((_tenant, user, request, { origin }) =>
    entity(origin, 'users', selectedOf(request, user, defaultUserFields)),
  ),
  'POST /v1.0/users': createUser,
  'PATCH /v1.0/users/:id': withUser(updateUser),
  'DELETE /v1.0/users/:id': withUser((tenant, user) => {
    tenant.users.delete(String(user.id))
    for (const members of tenant.members.values()) members.delete(String(user.id))
    return answer(204)
  }),
  'POST /v1.0/users/:id/assignLicense': withUser(assignLicense),
  'POST /v1.0/users/:id/revokeSignInSessions': withUser((_tenant, user, _request, { origin }) => {
    user.signInSessionsValidFromDateTime = new Date().toISOString()
    return answer(200, { '@odata.context': contextOf(origin, 'Edm.Boolean'), value: true })
  }),
  'GET /v1.0/users/:id/memberOf': withUser((tenant, user, request, desk) => {
    const groups = [...tenant.groups.values()].filter(({ id }) => tenant.members.get(String(id))?.has(String(user.id)))
    const typed = groups.map((group) => ({ '@odata.type': '#microsoft.graph.group', ...group }))
    return listAnswer(request, desk, typed, { name: 'directoryObjects', defaultTop: 100, maxTop: 999, isDirectoryObject: true })
  }),
}

function withUser(act: (tenant: Tenant, user: Entity, request: VendorRequest, desk: ListDesk) => VendorAnswer): TenantHandler {
  return (tenant, request, desk) => {
    const user = findUser(tenant, request.params.id ?? '')
    return user ? act(tenant, user, request, desk) : noSuchResource(request.params.id ?? '')
  }
}

/** The body of a request, where it is an object. */
export function bodyOf({ body }: VendorRequest): JsonObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}
}

function createUser(tenant: Tenant, request: VendorRequest, { origin }: ListDesk): VendorAnswer {
  const body = bodyOf(request)
  for (const field of ['accountEnabled', 'displayName', 'mailNickname', 'passwordProfile', 'userPrincipalName']) {
    if (body[field] === undefined) return badRequest(`A value is required for property '${field}' of resource 'User'.`)
  }
  const problem = problemOfUser(tenant, body)
  if (problem) return problem
  const { passwordProfile, ...rest } = body
  const user: Entity = {
    id: randomUUID(),
    businessPhones: [],
    givenName: null,
    surname: null,
    jobTitle: null,
    department: null,
    mail: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    usageLocation: null,
    userType: 'Member',
    onPremisesSyncEnabled: null,
    createdDateTime: new Date().toISOString(),
    assignedLicenses: [],
    ...rest,
    ...withoutPassword(passwordProfile),
  }
  tenant.users.set(String(user.id), user)
  return entity(origin, 'users', selectedOf(request, user, defaultUserFields), 201)
}

function updateUser(tenant: Tenant, user: Entity, request: VendorRequest): VendorAnswer {
  const body = bodyOf(request)
  const problem = problemOfUser(tenant, body, user)
  if (problem) return problem
  // Of somebody who comes from a directory on premises only the usage location is of the cloud.
  if (user.onPremisesSyncEnabled === true && Object.keys(body).some((field) => field !== 'usageLocation'))
    return badRequest(
      'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
    )
  const { passwordProfile, ...rest } = body
  Object.assign(user, rest, withoutPassword(passwordProfile))
  return answer(204)
}

/** What is told of a password that was set: never the password itself. */
function withoutPassword(profile: JsonValue | undefined): JsonObject {
  if (typeof profile !== 'object' || profile === null || Array.isArray(profile)) return {}
  const { password, ...rest } = profile
  return {
    passwordProfile: { forceChangePasswordNextSignIn: false, forceChangePasswordNextSignInWithMfa: false, ...rest, password: null },
    ...(password === undefined ? {} : { lastPasswordChangeDateTime: new Date().toISOString() }),
  }
}

function problemOfUser(tenant: Tenant, body: JsonObject, existing?: Entity): VendorAnswer | undefined {
  const unknown = Object.keys(body).find((field) => !writable.has(field))
  if (unknown !== undefined) return badRequest(`Invalid property '${unknown}'.`)
  const name = body.userPrincipalName
  if (name !== undefined) {
    // What Microsoft allows before the @: these characters, and no dot at its end.
    if (!/^[A-Za-z0-9'._!#^~-]{0,63}[A-Za-z0-9'_!#^~-]@/.test(String(name))) return badRequest('Property userPrincipalName is invalid.')
    const domain = String(name).split('@')[1]?.toLowerCase() ?? ''
    if (!tenant.domains.includes(domain))
      return badRequest(
        'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
      )
    const holder = findUser(tenant, String(name))
    if (holder && holder !== existing)
      return badRequest('Another object with the same value for property userPrincipalName already exists.')
  }
  const password = body.passwordProfile
  if (typeof password === 'object' && password !== null && !Array.isArray(password) && String(password.password ?? '').length < 8) {
    return badRequest('The specified password does not comply with password complexity requirements. Please provide a different password.')
  }
  return undefined
}

function assignLicense(tenant: Tenant, user: Entity, request: VendorRequest, { origin }: ListDesk): VendorAnswer {
  const { addLicenses = [], removeLicenses = [] } = bodyOf(request)
  if (!Array.isArray(addLicenses) || !Array.isArray(removeLicenses))
    return badRequest('addLicenses and removeLicenses must be collections.')
  const added = addLicenses.map((license) =>
    String(typeof license === 'object' && license !== null && !Array.isArray(license) ? license.skuId : license),
  )
  const removed = removeLicenses.map(String)
  const owned = skuIdsOf(user)
  for (const skuId of added) {
    const sku = tenant.skus.find((one) => one.skuId === skuId)
    if (!sku) return badRequest(`License ${skuId} does not correspond to a valid company License.`)
    if (!user.usageLocation) return badRequest('License assignment cannot be done for user with invalid usage location.')
    if (!owned.includes(skuId) && consumedUnits(tenant, skuId) >= sku.enabled) {
      return badRequest(`Subscription with SKU ${skuId} does not have any available licenses.`)
    }
  }
  const missing = removed.find((skuId) => !owned.includes(skuId))
  if (missing !== undefined) return badRequest(`User does not have a corresponding license.`)
  const kept = owned.filter((skuId) => !removed.includes(skuId))
  const licenses: JsonValue = [...new Set([...kept, ...added])].map((skuId) => ({ skuId, disabledPlans: [] }))
  user.assignedLicenses = licenses
  return entity(origin, 'users', selectedOf(request, user, [...defaultUserFields, 'assignedLicenses']))
}

/** Refuses what belongs to the directory on premises, as Graph does. */
export function refusedAsDynamic(): VendorAnswer {
  return graphError(
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation: the membership of a dynamic group follows from its rule.',
  )
}
