import { EgressRefusedError } from '@crosswalk/sdk'
import type { NetworkFailure } from '../../protocol/network.ts'

/** The gateway ended while something was under way, or before it could begin. It may have been done: the code that asks decides about again. */
export function gatewayLost(): Error & { code: string } {
  const message =
    'The network gateway ended while the call was under way, and is started again. Whether the call was made is not known: try it again.'
  return Object.assign(new Error(message), { name: 'GatewayLostError', code: 'gateway_lost' })
}

/** An error as the gateway met it, for the code that asked: with Node's own code and fields, by which libraries decide. */
export function reviveFailure({ name, message, code, details, system }: NetworkFailure): Error {
  if (code === 'egress_refused') return new EgressRefusedError(message, details)
  const error = new Error(message)
  if (name !== 'Error') error.name = name
  return Object.assign(error, code === null ? {} : { code }, system)
}

/** As a socket says it, by codes that libraries know. */
export function socketError(error: Error & { code?: unknown }): Error {
  if (error.code !== 'gateway_lost') return error
  return Object.assign(new Error(`read ECONNRESET: ${error.message}`, { cause: error }), {
    code: 'ECONNRESET',
    errno: -104,
    syscall: 'read',
  })
}
