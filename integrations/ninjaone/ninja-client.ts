import { type HttpClient, VendorError } from '@crosswalk/sdk'
import { z } from 'zod'
import {
  alert,
  detailedDevice,
  device,
  endUser,
  location,
  type NinjaAlert,
  type NinjaDevice,
  type NinjaDeviceDetails,
  type NinjaEndUser,
  type NinjaLocation,
  type NinjaOrganization,
  organization,
} from './ninja-answers.ts'

/** Asked for a page; the server may give fewer. */
const pageSize = 1_000
/** The next page begins after the last id, until one is empty. */
export const afterLastId = { after: 'after', size: ['pageSize', pageSize] } as const

/**
 * NinjaOne for one organization. Its async methods are recorded as steps in workflows. What belongs to another organization is not found.
 *
 * Every method throws `VendorError` (`vendor_error`) with a kind.
 */
export class NinjaClient {
  readonly organizationId: number
  readonly #http: HttpClient

  constructor(http: HttpClient, organizationId: number) {
    this.#http = http
    this.organizationId = organizationId
  }

  /** The organization itself: the cheapest call that proves the credentials and the id. */
  async getOrganization(): Promise<NinjaOrganization> {
    const found = await this.#http.get(this.#path(''), { schema: organization })
    if (found.id === String(this.organizationId)) return found
    throw new VendorError('not_found', `NinjaOne has no organization ${this.organizationId}.`, { reason: 'other_organization' })
  }

  async listLocations(): Promise<NinjaLocation[]> {
    return await this.#http.get(this.#path('/locations'), { schema: z.array(location) })
  }

  async listDevices(): Promise<NinjaDevice[]> {
    const all: NinjaDevice[] = []
    let lastId = 0
    for await (const page of this.#http.pages(this.#path('/devices'), { next: afterLastId, schema: device })) {
      lastId = lastIdOf(page, lastId, 'device')
      all.push(...page)
    }
    return all.filter(({ organizationId }) => organizationId === this.organizationId)
  }

  async listEndUsers(): Promise<NinjaEndUser[]> {
    const listed = await this.#http.get(this.#path('/end-users'), { schema: z.array(endUser) })
    return listed.filter(({ organizationId }) => organizationId === null || organizationId === this.organizationId)
  }

  /** With its hardware. @throws VendorError not_found, also for a device of another organization */
  async getDevice(id: number): Promise<NinjaDeviceDetails> {
    const found = await this.#http.get(`/v2/device/${id}`, { schema: detailedDevice })
    if (found.organizationId === this.organizationId) return found
    throw new VendorError('not_found', `The organization ${this.organizationId} has no device ${id} in NinjaOne.`, {
      reason: 'device_of_another_organization',
    })
  }

  /**
   * Alerts of this organization. An alert names its device and often no organization: it belongs to the organization of the device. One whose
   * device is not among this organization's is another's.
   */
  async listAlerts(): Promise<NinjaAlert[]> {
    const devices = new Map((await this.listDevices()).map((each) => [each.id, each]))
    const listed = await this.#http.get('/v2/alerts', { query: { df: `org = ${this.organizationId}` }, schema: z.array(alert) })
    return listed.flatMap(({ deviceId, ...rest }) => {
      const about = deviceId === null ? undefined : devices.get(deviceId)
      return about ? [{ ...rest, device: about }] : []
    })
  }

  #path(what: string): string {
    return `/v2/organization/${this.organizationId}${what}`
  }
}

/** Pages begin after the last id, so a list in another order would leave some out without a word. @throws VendorError incomplete */
export function lastIdOf(page: readonly { id: string | number }[], before: number, what: string): number {
  let last = before
  for (const { id } of page) {
    if (Number(id) <= last)
      throw new VendorError(
        'incomplete',
        `NinjaOne listed the ${what} ${id} after ${last}: not in the order of ids, so that others may be missing. Try again; nothing is taken as gone.`,
        { reason: 'not_in_order', id: String(id) },
      )
    last = Number(id)
  }
  return last
}
