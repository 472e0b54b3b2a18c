import { answer, type VendorAnswer, type VendorRequest } from '@crosswalk/sdk/testing'
import { badRequest, entity, noSuchResource } from './graph-answers.ts'
import { findUser, type Tenant } from './graph-tenants.ts'
import { bodyOf, refusedAsDynamic, type TenantHandler } from './graph-users.ts'
import type { Entity } from './odata-filter.ts'
import { type ListDesk, listAnswer, selectedOf } from './odata-list.ts'

export const groupRoutes: Record<string, TenantHandler> = {
  'GET /v1.0/groups': (tenant, request, desk) =>
    listAnswer(request, desk, [...tenant.groups.values()], { name: 'groups', defaultTop: 100, maxTop: 999, isDirectoryObject: true }),
  'GET /v1.0/groups/:id': withGroup((_tenant, group, request, { origin }) => entity(origin, 'groups', selectedOf(request, group))),
  'GET /v1.0/groups/:id/members': withGroup((tenant, group, request, desk) => {
    const ids = tenant.members.get(String(group.id)) ?? new Set()
    const users = [...ids]
      .map((id) => tenant.users.get(id))
      .filter((user) => user !== undefined)
      .map((user) => ({ '@odata.type': '#microsoft.graph.user', ...user }))
    return listAnswer(request, desk, users, { name: 'directoryObjects', defaultTop: 100, maxTop: 999, isDirectoryObject: true })
  }),
  'POST /v1.0/groups/:id/members/$ref': withGroup(addMember),
  'DELETE /v1.0/groups/:id/members/:member/$ref': withGroup((tenant, group, { params }) => {
    if (isDynamic(group)) return refusedAsDynamic()
    return tenant.members.get(String(group.id))?.delete(params.member ?? '') ? answer(204) : noSuchResource(params.member ?? '')
  }),
}

function withGroup(act: (tenant: Tenant, group: Entity, request: VendorRequest, desk: ListDesk) => VendorAnswer): TenantHandler {
  return (tenant, request, desk) => {
    const group = tenant.groups.get(request.params.id ?? '')
    return group ? act(tenant, group, request, desk) : noSuchResource(request.params.id ?? '')
  }
}

function addMember(tenant: Tenant, group: Entity, request: VendorRequest): VendorAnswer {
  if (isDynamic(group)) return refusedAsDynamic()
  if (group.mailEnabled === true && !isMicrosoft365(group)) {
    return badRequest('Cannot Update a mail-enabled security groups and or distribution list.')
  }
  const reference = String(bodyOf(request)['@odata.id'] ?? '')
  const user = findUser(tenant, reference.split('/').at(-1) ?? '')
  if (!user) return noSuchResource(reference)
  const members = tenant.members.get(String(group.id)) ?? new Set()
  if (members.has(String(user.id)))
    return badRequest("One or more added object references already exist for the following modified properties: 'members'.")
  tenant.members.set(String(group.id), members.add(String(user.id)))
  return answer(204)
}

function isDynamic({ groupTypes }: Entity): boolean {
  return Array.isArray(groupTypes) && groupTypes.includes('DynamicMembership')
}

function isMicrosoft365({ groupTypes }: Entity): boolean {
  return Array.isArray(groupTypes) && groupTypes.includes('Unified')
}
