import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import { type EgressRule, hostKey, isAllowedBy, isPortNamedBy } from '../../platform/egress-rules.ts'
import type { OutsideProxies } from '../../platform/outside-proxy.ts'
import type { Declaring } from '../messages/declared-hosts.ts'
import {
  type EgressRefusal,
  refuseAddress,
  refuseOwnPort,
  refusePlainText,
  refuseUndeclared,
  refuseWithoutPass,
} from '../messages/refusals.ts'
import { notPublic, plainAddress } from './addresses.ts'

export type Rules = {
  allow: readonly EgressRule[]
  ownPorts: readonly number[]
  /** Undefined: the outside is reached directly. */
  proxies?: OutsideProxies | undefined
  /** Asks the system where a name leads. */
  lookUp(host: string, family: 0 | 4 | 6, owner: string): Promise<Address[]>
}
export type Target = {
  host: string
  port: number
  /** Credentials go there, in the clear. */
  hasOpenCredentials?: boolean
}
export type Address = { address: string; family: 4 | 6 }

/** Who wants to connect: which names an address was looked up by, and the hosts it is held to. */
export type Caller = {
  hasPass: boolean
  /** The organization, or the runner where it asks for none. */
  owner: string
  /** Null: any host. */
  declared: Declaring | null
  /** Names by which this runner looked an address up. */
  namesOf(address: string): readonly string[]
}

const connectTimeoutMs = 10_000

/** `*.example.com` is every name below it, and not itself. */
export function isDeclared(hosts: readonly string[], name: string): boolean {
  return hosts.some((host) => (host.startsWith('*.') ? name.endsWith(host.slice(1)) : name === host))
}

/** Whatever the system's look-up takes for an address of numbers, such as `0x7f.1`, is no name that the look-up knows. */
export async function addressesOf(host: string, family: 0 | 4 | 6): Promise<Address[]> {
  const found = await lookup(host, { all: true, family })
  return found.map(({ address, family: of }) => ({ address, family: of === 6 ? 6 : 4 }))
}

/**
 * Judges each address that a target leads to, once. What is left is what may be connected to.
 *
 * @throws EgressRefusal where none is left, or the target may not be connected to wherever it leads
 */
export async function judgedAddresses(target: Target, family: 0 | 4 | 6, rules: Rules, caller: Caller): Promise<Address[]> {
  const host = hostKey(target.host)
  const { port } = target
  if (!caller.hasPass) throw refuseWithoutPass(host, port)
  const isNumber = isIP(host) !== 0
  const names = isNumber ? [host, ...caller.namesOf(plainAddress(host))] : [host]
  const isNamed = (address: string) => isAllowedBy(rules.allow, { names, address, port })
  const undeclared =
    caller.declared !== null && !names.some((name) => isDeclared(caller.declared?.hosts ?? [], name))
      ? refuseUndeclared({ host, port, ...caller.declared })
      : undefined
  // What is not declared is not even looked up, unless the operator lists it as it is written.
  if (undeclared && !names.some((name) => isAllowedBy(rules.allow, { names: [name], address: name, port }))) throw undeclared
  const found = isNumber ? [{ address: host, family: isIP(host) === 6 ? 6 : 4 } as const] : await rules.lookUp(host, family, caller.owner)
  let refusal: EgressRefusal | undefined
  const allowed = found.filter(({ address }) => {
    const plain = plainAddress(address)
    const why = notPublic(plain)
    const isListed = isNamed(plain) || isNamed(address)
    if (why !== undefined && !isListed) refusal ??= refuseAddress({ host, port, address: plain, why })
    else if (why !== undefined && rules.ownPorts.includes(port) && !isPortNamedBy(rules.allow, { names, address: plain, port }))
      refusal ??= refuseOwnPort({ host, port, address: plain })
    else if (target.hasOpenCredentials && !isListed) refusal ??= refusePlainText({ host, port })
    else return true
    return false
  })
  if (allowed.length === 0 && refusal) throw refusal
  return allowed
}

/**
 * Opens a connection to where the target leads: looked up once, judged, and connected to exactly that.
 *
 * @throws EgressRefusal, or what the system says
 */
export async function connectOutside(
  target: Target,
  family: 0 | 4 | 6,
  rules: Rules,
  caller: Caller,
  options: ConnectOptions = {},
): Promise<Socket> {
  return connectDirectly(target, await judgedAddresses(target, family, rules, caller), options)
}

type ConnectOptions = { signal?: AbortSignal; allowHalfOpen?: boolean }

/** Connects to addresses that were judged, or that the operator has named. */
export async function connectDirectly(
  target: Target,
  addresses: readonly Address[],
  { signal, allowHalfOpen = false }: ConnectOptions = {},
): Promise<Socket> {
  signal?.throwIfAborted()
  const [first] = addresses
  const host = hostKey(target.host)
  const socket = connect({
    host: isIP(host) === 0 ? host : (first?.address ?? host),
    port: target.port,
    allowHalfOpen,
    noDelay: true,
    autoSelectFamily: true,
    // Node asks for all where it tries several.
    lookup: (_host, options, callback) => {
      if (options.all) callback(null, [...addresses])
      else callback(null, first?.address ?? '', first?.family ?? 4)
    },
  })
  const abort = () => socket.destroy()
  signal?.addEventListener('abort', abort, { once: true })
  const timer = setTimeout(
    () =>
      socket.destroy(
        Object.assign(new Error(`connect ETIMEDOUT ${host}:${target.port}`), { code: 'ETIMEDOUT', syscall: 'connect', port: target.port }),
      ),
    connectTimeoutMs,
  )
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('The connection was given up.')))
    })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}
