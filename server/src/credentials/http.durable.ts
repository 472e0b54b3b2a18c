import { vendorErrorKinds } from '@crosswalk/sdk'
import { z } from 'zod'
import { defineRequest, type HostRequest } from '../engine/state/requests.ts'
import type { VendorCalls } from './vendor-calls.ts'
import { noGateway } from './vendor-failures.ts'

/** So many requests of a client are let through ahead at once. */
const maxAhead = 64
/** As the gateway takes it. */
const stepKey = z.string().max(200).nullable().optional()

/**
 * What `context.http` asks of the platform, in executions of every kind. Never recorded: what it answers is good for one request.
 *
 * @param calls null where this worker has no gateway: opening a client is refused, with what to do
 */
export function httpRequests(calls: VendorCalls | null): HostRequest[] {
  if (!calls) {
    const handle = async () => {
      throw noGateway()
    }
    return [defineRequest({ name: 'http.open', isRecorded: false, args: z.unknown(), handle })]
  }
  return [
    defineRequest({
      name: 'http.open',
      isRecorded: false,
      args: z.unknown(),
      handle: (context, args) => calls.open(context, args),
    }),
    defineRequest({
      name: 'http.admit',
      isRecorded: false,
      waits: true,
      args: z.strictObject({
        client: z.string().max(100),
        method: z.string().regex(/^[A-Za-z]{1,20}$/),
        // Judged where it is parsed, once.
        url: z.string().max(8_000),
        refused: z.string().max(100).optional(),
        name: z.string().max(40).optional(),
        step: stepKey,
      }),
      handle: (context, args) => calls.admit(context, args),
    }),
    defineRequest({
      name: 'http.ahead',
      isRecorded: false,
      args: z.strictObject({ client: z.string().max(100), count: z.int().min(1).max(maxAhead), step: stepKey }),
      handle: (context, args) => calls.admitAhead(context, args),
    }),
    defineRequest({
      name: 'http.failed',
      isRecorded: false,
      args: z.strictObject({ exchange: z.string().max(100), kind: z.enum(vendorErrorKinds) }),
      handle: async (context, { exchange, kind }) => {
        calls.failed(context, exchange, kind)
        return null
      },
    }),
    defineRequest({
      name: 'http.give_up',
      isRecorded: false,
      args: z.strictObject({ name: z.string().max(40) }),
      handle: async (context, { name }) => {
        calls.giveUp(context, name)
        return null
      },
    }),
  ]
}
