import { randomBytes } from 'node:crypto'
import type { IntegrationContext } from '@crosswalk/sdk'
import { z } from 'zod'
import { device, domain, type GraphGroup, type GraphUser, group, organization } from './answers.ts'
import { type BatchCall, type BatchOutcome, batch } from './batch.ts'
import { type ConsentHealth, checkConsent } from './consent.ts'
import { assignLicenses, type License, listLicenses } from './licenses.ts'
import * as people from './people.ts'
import type { RouteChoice, Settings } from './settings.ts'
import { eventually, TenantApi } from './tenant-api.ts'

/** Microsoft Graph for one tenant, and no other. Every async method is a step. What fails is a `VendorError` with its kind. */
export class MicrosoftGraphClient {
  readonly tenantId: string
  // Private, so that a client in a log line shows nothing of them.
  readonly #context: IntegrationContext
  readonly #settings: Settings
  readonly #choice: RouteChoice
  readonly #api: TenantApi

  constructor(context: IntegrationContext, settings: Settings, tenantId: string, choice: RouteChoice) {
    this.tenantId = tenantId
    this.#context = context
    this.#settings = settings
    this.#choice = choice
    this.#api = new TenantApi(context, settings, tenantId, choice)
  }

  /** Name, country and domains of the tenant. */
  async getOrganization() {
    const [found] = await this.#api.list('/organization', { schema: organization, size: null })
    if (!found) throw new Error('Microsoft names no organization for this tenant.')
    return found
  }

  async listDomains() {
    return await this.#api.list('/domains', { schema: domain, size: null })
  }

  /** All, or those of a filter of OData (`accountEnabled eq false`), or with a name that begins so. */
  async listUsers(options: { filter?: string; search?: string } = {}): Promise<GraphUser[]> {
    return await people.listUsers(this.#api, options)
  }

  /** How many there are, without reading them. The directory may be some minutes behind. */
  async countUsers(): Promise<number> {
    return await this.#api.get('/users/$count', z.coerce.number().int(), eventually)
  }

  /** By object id or user principal name. @throws VendorError not_found */
  async getUser(reference: string): Promise<GraphUser> {
    return await people.getUser(this.#api, reference)
  }

  /** The same; null where there is none. */
  async findUser(reference: string): Promise<GraphUser | null> {
    return await people.findUser(this.#api, reference)
  }

  /** Makes a user with a password that nobody knows: reset it, or give a Temporary Access Pass, for the first sign-in. */
  async createUser(draft: people.UserDraft): Promise<GraphUser> {
    return await people.createUser(this.#api, draft, randomPassword())
  }

  async updateUser(userId: string, changes: people.UserChanges): Promise<void> {
    await this.#api.send('patch', people.userPath(userId), changes)
  }

  /** Nobody signs in as this user from now on. Who is signed in stays so for up to an hour: see {@link revokeSessions}. */
  async disableUser(userId: string): Promise<void> {
    await this.#api.send('patch', people.userPath(userId), { accountEnabled: false })
  }

  async enableUser(userId: string): Promise<void> {
    await this.#api.send('patch', people.userPath(userId), { accountEnabled: true })
  }

  /** Into the deleted users, where it can be restored for 30 days. */
  async deleteUser(userId: string): Promise<void> {
    await this.#api.send('delete', people.userPath(userId))
  }

  /** Ends all sessions: every app asks to sign in again. */
  async revokeSessions(userId: string): Promise<void> {
    await this.#api.send('post', `${people.userPath(userId)}/revokeSignInSessions`, {})
  }

  /** Sets a password that must be changed at the next sign-in. Not recorded as a step, so that it is stored nowhere: setting it twice does no harm. */
  async resetPassword(userId: string, password: string): Promise<void> {
    await this.#api.send('patch', people.userPath(userId), { passwordProfile: { password, forceChangePasswordNextSignIn: true } })
  }

  /** Replaces the password by one that nobody knows, here or anywhere: who still has the old one is out. */
  async replacePassword(userId: string): Promise<void> {
    const passwordProfile = { password: randomPassword(), forceChangePasswordNextSignIn: true }
    await this.#api.send('patch', people.userPath(userId), { passwordProfile })
  }

  /**
   * Whether the password must be changed at the next sign-in, as after {@link replacePassword}: what the person had before is worth nothing.
   * Null where Graph does not tell.
   */
  async mustChangePassword(userId: string): Promise<boolean | null> {
    return await people.mustChangePassword(this.#api, userId)
  }

  /** The products of the tenant, with their names and how many are free. */
  async listLicenses(): Promise<License[]> {
    return await listLicenses(this.#api)
  }

  /** By `skuId`, all of it or nothing. The user needs a usage location. */
  async assignLicenses(userId: string, change: { add?: readonly string[]; remove?: readonly string[] }): Promise<void> {
    await assignLicenses(this.#api, userId, change)
  }

  async listGroups(): Promise<GraphGroup[]> {
    const $select = 'id,displayName,description,mail,groupTypes,mailEnabled,securityEnabled'
    return await this.#api.list('/groups', { query: { $select }, schema: group })
  }

  /** Users, groups, devices and contacts in a group: `kind` tells. */
  async listMembers(groupId: string) {
    return await people.membersOf(this.#api, groupId)
  }

  async listGroupsOf(userId: string): Promise<GraphGroup[]> {
    return await people.memberships(this.#api, userId)
  }

  /** Safe to repeat. One group that refuses does not keep the others from changing: look at each outcome. */
  async addToGroups(userId: string, groupIds: readonly string[]): Promise<people.MembershipChange[]> {
    return await people.changeMemberships(this.#api, { userId, groupIds, isMember: true }, this.#context.signal)
  }

  /** The same the other way. */
  async removeFromGroups(userId: string, groupIds: readonly string[]): Promise<people.MembershipChange[]> {
    return await people.changeMemberships(this.#api, { userId, groupIds, isMember: false }, this.#context.signal)
  }

  /** Devices that the directory knows: joined, registered or managed. */
  async listDevices() {
    return await this.#api.list('/devices', { schema: device })
  }

  /** Any calls, twenty in one request, each judged on its own. */
  async batch(calls: readonly BatchCall[]): Promise<BatchOutcome[]> {
    return await batch(this.#api, calls, this.#context.signal)
  }

  /** Whether the partner can still get at this tenant, and what to do where not. */
  async checkConsent(): Promise<ConsentHealth> {
    return await checkConsent(this.#context, this.#settings, this.tenantId, this.#choice)
  }

  /** By which way the last call got its token: of the app, or of the partner's user. */
  get tokenRoute() {
    return this.#api.route
  }
}

/** Of every class of characters that Entra asks for. */
function randomPassword(): string {
  return `Aa1!${randomBytes(24).toString('base64url')}`
}
