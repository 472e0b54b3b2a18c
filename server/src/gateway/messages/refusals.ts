import type { JsonObject } from '../../protocol/json.ts'

/** A connection that is not made because of where it leads. Its message says what to do. */
export class EgressRefusal extends Error {
  readonly code = 'egress_refused'
  readonly details: JsonObject
  constructor(message: string, details: JsonObject) {
    super(message)
    this.name = 'EgressRefusedError'
    this.details = details
  }
}

export const placeOf = (host: string, port: number) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

export function refuseAddress(target: { host: string; port: number; address: string; why: string }): EgressRefusal {
  const { host, port, address, why } = target
  const led = host === address ? `it is ${why}` : `the name leads to ${address}, ${why}`
  return new EgressRefusal(
    `Author code may not connect to ${placeOf(host, port)}: ${led}. If it is meant, the operator adds ${host} to CROSSWALK_EGRESS_ALLOW.`,
    { host, port, address, reason: 'address_not_public' },
  )
}

export function refuseOwnPort(target: { host: string; port: number; address: string }): EgressRefusal {
  const { host, port, address } = target
  return new EgressRefusal(
    `Author code may not connect to ${placeOf(host, port)}: the platform itself listens there. If it is meant, the operator adds ${placeOf(address, port)}, with its port, to CROSSWALK_EGRESS_ALLOW.`,
    { host, port, address, reason: 'platform_port' },
  )
}

export function refuseUndeclared(target: { host: string; port: number; integration: string; hosts: readonly string[] }): EgressRefusal {
  const { host, port, integration, hosts } = target
  const declared = hosts.length === 0 ? 'none' : `only ${hosts.slice(0, 10).join(', ')}${hosts.length > 10 ? ' and more' : ''}`
  return new EgressRefusal(
    `The integration ${integration} may not connect to ${placeOf(host, port)}: of hosts it declares ${declared}. If it is meant, add ${host} to its static hosts.`,
    { host, port, integration_name: integration, reason: 'host_not_declared' },
  )
}

export function refuseWithoutPass(host: string, port: number): EgressRefusal {
  return new EgressRefusal(
    `Code outside of an execution may not connect to ${placeOf(host, port)}. Make the call in a workflow, a data provider or a method of an integration.`,
    { host, port, reason: 'no_execution' },
  )
}

const ticketReasons = {
  ticket_invalid: 'it came with a ticket that the platform did not give',
  ticket_of_other_execution: 'its ticket was given to another execution',
  ticket_of_other_host: 'its ticket is for another host',
  ticket_of_other_request: 'its ticket is for another method, path or query',
  ticket_expired: 'its ticket has expired',
  ticket_late: 'its ticket was given ahead, and is not good any more',
  ticket_given_up: 'its call was given up before',
  ticket_used: 'its ticket was used before, and each is for one request',
  too_many_tickets: 'its execution has made too many requests within a minute',
} as const

/** A request with credentials that its ticket does not allow. */
export function refuseTicket(origin: string, reason: keyof typeof ticketReasons): EgressRefusal {
  const { host, port } = placeOfOrigin(origin)
  return new EgressRefusal(
    `The request to ${placeOf(host, port)} was not made: ${ticketReasons[reason]}. Make requests with context.http, which gets a ticket for each.`,
    { host, port, reason },
  )
}

/** Credentials over a connection that everybody on the way can read. */
export function refusePlainText(target: { host: string; port: number }): EgressRefusal {
  const { host, port } = target
  return new EgressRefusal(
    `Credentials are not sent to ${placeOf(host, port)} over http:, where others can read them. Use https:, or the operator adds ${host} to CROSSWALK_EGRESS_ALLOW.`,
    { host, port, reason: 'credentials_in_plain_text' },
  )
}

/** @param origin as `https://api.example.com` */
export function placeOfOrigin(origin: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(origin)
  return { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) }
}
