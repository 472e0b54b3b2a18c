import { discoveryRequests } from '../discovery/discovery.durable.ts'
import type { HostRequest } from '../engine/state/requests.ts'
import { admitGlobalSecret } from '../mappings/addresses.ts'
import { mappingRequests } from '../mappings/mappings.durable.ts'
import { configRequests } from '../values/config/config.durable.ts'
import type { Keyring } from '../values/secrets/keyring.ts'
import { secretRequests } from '../values/secrets/secrets.durable.ts'

/** Everything that author code may ask of the platform, in one list. */
export function hostRequests({ keyring }: { keyring: Keyring }): HostRequest[] {
  return [...secretRequests(keyring, admitGlobalSecret), ...configRequests, ...mappingRequests, ...discoveryRequests]
}
