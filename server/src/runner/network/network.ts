import { builtin } from '@crosswalk/sdk/builtins'
import type { NetworkOrder } from '../../protocol/network.ts'
import { beforeImports } from '../imports.ts'
import { callsThrough } from './calls.ts'
import { beforeFetch, fetchThrough } from './fetch-dispatcher.ts'
import { lookUpThrough } from './lookups.ts'
import { connectThrough, secureThrough } from './sockets.ts'
import { type Asking, Wire } from './wire.ts'

export type Network = {
  /** Takes the worker's word of the gateway. */
  order(order: NetworkOrder): void
  /** Loads what it needs now, and not at first use. */
  open(): void
  /** Makes a request of `context.http`. */
  call: ReturnType<typeof callsThrough>
}

/** Modules that have a part of the network, beside `net`, which is there already, and what Node loads itself. */
const ofNetwork = /^(node:)?(tls|https?|http2|dns(\/promises)?|_tls_\w+|_http_\w+)$|^undici($|\/)/

/**
 * Leads all that author code does on the network through the gateway: `fetch`, sockets and what stands on them, look-ups of names. The
 * process itself may open nothing, so what is not led stays refused. What that takes is as much as all else in a runner, and many
 * executions never need it: it is there before author code gets hold of what it leads.
 *
 * @param asking for whom the code that runs now asks
 */
export function openNetwork(asking: () => Asking): Network {
  const wire = new Wire(asking)
  let isOpen = false
  const open = (): Wire => {
    if (!isOpen) {
      isOpen = true
      wire.want()
      secureThrough()
      lookUpThrough(wire)
      fetchThrough(wire)
    }
    return wire
  }
  connectThrough(open)
  beforeFetch(open)
  const call = callsThrough(open, globalThis.fetch)
  beforeImports((specifier) => {
    if (!isOpen && ofNetwork.test(specifier)) open()
  })
  const getBuiltinModule = (id: string) => {
    if (!isOpen && ofNetwork.test(id)) open()
    return builtin(id)
  }
  Object.defineProperty(process, 'getBuiltinModule', { value: getBuiltinModule, writable: true, configurable: true })
  return { open, call, order: (order) => wire.order(order) }
}
