import { dataProviderEnd } from '../data-providers/data-providers.durable.ts'
import { discoveryEnd, discoveryRequests } from '../discovery/discovery.durable.ts'
import type { EndHandler, HostRequest } from '../engine/state/requests.ts'
import { connectionTestEnd, mappingRequests } from '../mappings/mappings.durable.ts'
import { configRequests } from '../values/config/config.durable.ts'
import type { Keyring } from '../values/secrets/keyring.ts'
import { secretRequests } from '../values/secrets/secrets.durable.ts'

/** Everything that author code may ask of the platform, in one list. */
export function hostRequests({ keyring }: { keyring: Keyring }): HostRequest[] {
  return [...secretRequests(keyring), ...configRequests, ...mappingRequests, ...discoveryRequests]
}

/** What every slice does when an execution of its kind ends. */
export const endHandlers: readonly EndHandler[] = [connectionTestEnd, discoveryEnd, dataProviderEnd]
