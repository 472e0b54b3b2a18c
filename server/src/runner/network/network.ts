import type { NetworkOrder } from '../../protocol/network.ts'
import { fetchThrough } from './fetch-dispatcher.ts'
import { lookUpThrough } from './lookups.ts'
import { connectThrough } from './sockets.ts'
import { type Asking, Wire } from './wire.ts'

/**
 * Leads all that author code does on the network through the gateway: `fetch`, sockets and what stands on them, look-ups of names. The
 * process itself may open nothing, so what is not led stays refused.
 *
 * @param asking for whom the code that runs now asks
 * @returns what takes the worker's word of the gateway
 */
export function openNetwork(asking: () => Asking): (order: NetworkOrder) => void {
  const wire = new Wire(asking)
  connectThrough(wire)
  lookUpThrough(wire)
  fetchThrough(wire)
  return (order) => wire.order(order)
}
