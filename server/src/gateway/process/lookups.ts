import { promises as dns } from 'node:dns'
import { hostKey } from '../../platform/egress-rules.ts'
import type { LookupHead } from '../../protocol/network.ts'
import { refuseUndeclared, refuseWithoutPass } from '../messages/refusals.ts'
import { plainAddress } from './addresses.ts'
import { type Address, type Caller, judgedAddresses, type Rules } from './outside.ts'

const types = new Set(['A', 'AAAA', 'ANY', 'CAA', 'CNAME', 'MX', 'NAPTR', 'NS', 'PTR', 'SOA', 'SRV', 'TLSA', 'TXT'])
const resolveTimeoutMs = 5_000
const maxNames = 1_000

/** By which names a runner looked addresses up: where it then connects to the address, it is judged by these names, too. */
export class LookedUp {
  readonly #names = new Map<string, Set<string>>()

  note(address: string, name: string): void {
    const plain = plainAddress(address)
    const names = this.#names.get(plain) ?? new Set()
    if (names.size < 20) names.add(name)
    this.#names.delete(plain)
    this.#names.set(plain, names)
    const [oldest] = this.#names.keys()
    if (this.#names.size > maxNames && oldest !== undefined) this.#names.delete(oldest)
  }

  namesOf(address: string): string[] {
    return [...(this.#names.get(address) ?? [])]
  }
}

/** Looks up for a runner. Of addresses it is told those that it may connect to; other records as they are. */
export async function lookUp(head: LookupHead, rules: Rules, caller: Caller, lookedUp: LookedUp): Promise<unknown> {
  const { host } = head
  if (head.kind === 'lookup') {
    const addresses = await judgedAddresses({ host, port: 0 }, head.family, rules, caller)
    for (const { address } of addresses) lookedUp.note(address, host.toLowerCase().replace(/\.$/, ''))
    return addresses
  }
  // Before anything is asked: a name that is only asked for carries what is in it to the server that answers.
  if (!caller.hasPass) throw refuseWithoutPass(hostKey(host), 0)
  if (caller.declared !== null) {
    // To which names an address leads is up to its owner, so no declaration covers it.
    if (head.kind === 'reverse') throw refuseUndeclared({ host: hostKey(host), port: 0, ...caller.declared })
    await judgedAddresses({ host, port: 0 }, 0, rules, caller)
  }
  const resolver = new dns.Resolver({ timeout: resolveTimeoutMs, tries: 2 })
  if (head.kind === 'reverse') return resolver.reverse(host)
  if (head.type !== 'A' && head.type !== 'AAAA') return resolver.resolve(host, head.type as 'TXT') // one of `types`
  const family = head.type === 'A' ? 4 : 6
  return lookUp({ kind: 'lookup', host, family }, rules, caller, lookedUp).then((found) =>
    (found as Address[]).map(({ address }) => address),
  )
}

export function isLookupHead(head: unknown): head is LookupHead {
  if (typeof head !== 'object' || head === null) return false
  const { kind, host, family, type } = head as Record<string, unknown> // read once as what a runner sent
  if (typeof host !== 'string' || host.length === 0 || host.length > 253) return false
  if (kind === 'lookup') return family === 0 || family === 4 || family === 6
  return (kind === 'resolve' || kind === 'reverse') && typeof type === 'string' && types.has(type)
}
