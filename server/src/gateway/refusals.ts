import type { JsonObject } from '../protocol/json.ts'

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

const placeOf = (host: string, port: number) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

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
