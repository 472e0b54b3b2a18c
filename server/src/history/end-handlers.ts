import { dataProviderEnd } from '../data-providers/data-providers.durable.ts'
import { discoveryEnd } from '../discovery/discovery.durable.ts'
import type { EndHandler } from '../engine/state/requests.ts'
import { connectionTestEnd } from '../mappings/mappings.durable.ts'

/** What every slice does when an execution of its kind ends. */
export const endHandlers: readonly EndHandler[] = [connectionTestEnd, discoveryEnd, dataProviderEnd]
