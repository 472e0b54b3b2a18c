import { z } from 'zod'
import type { Database } from '../platform/database/database.ts'
import { defineRoute, type Route } from '../platform/http/http.ts'
import { lineOfText, wireId } from '../platform/http/text.ts'
import { actingOf, definePrincipalRoute } from './auth.ts'
import { approveDevice, askDevice, denyDevice, deviceError, findDevice, startDevice } from './device-sign-ins.ts'
import { listDeviceKeys, revokeDeviceKey } from './keys.ts'
import type { Principal } from './principal.ts'
import { type Attempting, attempt } from './sign-in-limits.ts'

const startBody = z.strictObject({ client_name: lineOfText(80).describe('What the person will recognize it by: the name of the machine.') })
const askBody = z.strictObject({ device_code: z.string().min(1).max(100) })
const codeParams = z.object({ code: z.string().min(1).max(20).describe('As the command shows it, in any case.') })

const deviceView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    last_used_at: z.iso.datetime().nullable(),
    last_used_address: z.string().nullable(),
    address: z.string().nullable().describe('Where it asked from when you let it in.'),
  })
  .meta({ id: 'Device' })

const decisionErrors = ['device_code_not_found', 'device_needs_person', 'too_many_attempts']

/** `/api/device` and `/api/devices`: signing in a command line by a code, after RFC 8628 in the form of this API. */
export function deviceRoutes({ db, attempting }: { db: Database; attempting: Attempting }): Route[] {
  /** Codes are short: who tries many is stopped as with wrong keys. */
  const waiting = async ({ principal, address, code }: { principal: Principal; address: string; code: string }) => {
    const device = await attempt(attempting, address, code, () => findDevice(db, principal, code))
    if (!device) throw deviceError('device_code_not_found')
    return device
  }
  return [
    defineRoute<Principal | undefined, undefined, undefined, typeof startBody>({
      method: 'POST',
      path: '/device',
      operationId: 'startDevice',
      tag: 'Session',
      summary: 'Begin to sign in a command line',
      description: 'The person opens `/device` in a browser and confirms the `user_code`. Nothing is allowed before.',
      permission: 'public',
      audit: { none: 'what a person decides about it is recorded' },
      body: startBody,
      responses: {
        201: z.object({
          device_code: z.string().describe('For the program alone.'),
          user_code: z.string(),
          verification_path: z.string().describe('The page of this installation that takes the code.'),
          expires_in: z.int().describe('Seconds.'),
          interval: z.int().describe('Seconds between two questions.'),
        }),
      },
      errors: ['too_many_attempts'],
      async handler({ body, address }) {
        const { deviceCode, userCode, expiresInSeconds, intervalSeconds } = await startDevice(db, { clientName: body.client_name, address })
        const shown = `${userCode.slice(0, 4)}-${userCode.slice(4)}`
        return {
          status: 201,
          body: {
            device_code: deviceCode,
            user_code: shown,
            verification_path: '/device',
            expires_in: expiresInSeconds,
            interval: intervalSeconds,
          },
        }
      },
    }),
    defineRoute<Principal | undefined, undefined, undefined, typeof askBody>({
      method: 'POST',
      path: '/device/token',
      operationId: 'askDevice',
      tag: 'Session',
      summary: 'Ask whether the sign-in of a command line was confirmed',
      description:
        'Answers with the key, once. Until then `authorization_pending`; who asks more often than the interval says is told `slow_down`.',
      permission: 'public',
      audit: { none: 'the key is recorded when it is made' },
      body: askBody,
      responses: { 200: z.object({ key: z.string(), token_type: z.literal('Bearer') }) },
      errors: ['authorization_pending', 'slow_down', 'expired_token', 'access_denied'],
      async handler({ body }) {
        return { status: 200, body: { key: (await askDevice(db, body.device_code)).key, token_type: 'Bearer' } }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/device/:code',
      operationId: 'getDeviceRequest',
      tag: 'Session',
      summary: 'Read which command line waits under a code',
      permission: 'authenticated',
      whileViewing: 'refused',
      audit: { none: 'reads only' },
      params: codeParams,
      responses: {
        200: z.object({
          user_code: z.string(),
          client_name: z.string(),
          address: z.string(),
          requested_at: z.iso.datetime(),
          expires_at: z.iso.datetime(),
        }),
      },
      errors: decisionErrors,
      async handler({ params, principal, address }) {
        const device = await waiting({ principal, address, code: params.code })
        return {
          status: 200,
          body: {
            user_code: device.user_code,
            client_name: device.client_name,
            address: device.address,
            requested_at: device.created_at.toISOString(),
            expires_at: device.expires_at.toISOString(),
          },
        }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/device/:code/approve',
      operationId: 'approveDevice',
      tag: 'Session',
      summary: 'Let a command line in, with your own permissions',
      permission: 'authenticated',
      needsProof: true,
      audit: { action: 'device.approved' },
      params: codeParams,
      responses: { 204: null },
      errors: decisionErrors,
      async handler(request) {
        const { params, principal, address } = request
        await waiting({ principal, address, code: params.code })
        await approveDevice(db, actingOf(request), principal, params.code, new Date())
        return { status: 204 }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/device/:code/deny',
      operationId: 'denyDevice',
      tag: 'Session',
      summary: 'Keep a command line out',
      permission: 'authenticated',
      audit: { action: 'device.denied' },
      params: codeParams,
      responses: { 204: null },
      errors: decisionErrors,
      async handler(request) {
        const { params, principal, address } = request
        await waiting({ principal, address, code: params.code })
        await denyDevice(db, actingOf(request), principal, params.code)
        return { status: 204 }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/devices',
      operationId: 'listDevices',
      tag: 'Session',
      summary: 'List the command lines that you let in',
      permission: 'authenticated',
      whileViewing: 'refused',
      audit: { none: 'reads only' },
      responses: { 200: z.object({ devices: z.array(deviceView), count: z.int() }) },
      errors: [],
      async handler({ principal }) {
        const devices = (await listDeviceKeys(db, principal)).map((key) => ({
          id: key.id,
          name: key.name,
          created_at: key.createdAt.toISOString(),
          expires_at: key.expiresAt?.toISOString() ?? null,
          last_used_at: key.lastUsedAt?.toISOString() ?? null,
          last_used_address: key.lastUsedAddress,
          address: key.deviceAddress,
        }))
        return { status: 200, body: { devices, count: devices.length } }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/devices/:id',
      operationId: 'removeDevice',
      tag: 'Session',
      summary: 'Sign out a command line that you let in',
      permission: 'authenticated',
      audit: { action: 'api_key.revoked' },
      params: z.object({ id: wireId }),
      responses: { 204: null },
      errors: ['key_not_found'],
      async handler(request) {
        await revokeDeviceKey(db, actingOf(request), request.principal, request.params.id)
        return { status: 204 }
      },
    }),
  ]
}
