import { syncBuiltinESMExports } from 'node:module'
import { isIP } from 'node:net'
import { builtin } from '@crosswalk/sdk/builtins'
import type { LookupAnswer, LookupHead } from '../../protocol/network.ts'
import type { Wire } from './wire.ts'

type Found = { address: string; family: 4 | 6 }
type Callback = (error: Error | null, ...results: unknown[]) => void

const types = {
  resolve4: 'A',
  resolve6: 'AAAA',
  resolveAny: 'ANY',
  resolveCaa: 'CAA',
  resolveCname: 'CNAME',
  resolveMx: 'MX',
  resolveNaptr: 'NAPTR',
  resolveNs: 'NS',
  resolvePtr: 'PTR',
  resolveSoa: 'SOA',
  resolveSrv: 'SRV',
  resolveTlsa: 'TLSA',
  resolveTxt: 'TXT',
} as const

/** Has `node:dns` ask the gateway. Of addresses it says those that author code may connect to. */
export function lookUpThrough(wire: Wire): void {
  const dns = builtin('node:dns')
  const ask = async (head: LookupHead): Promise<unknown> => {
    const { records } = await wire.ask<LookupAnswer>('lookup', head)
    return records
  }
  const lookup = async (host: string, given?: unknown): Promise<Found | Found[]> => {
    const options = (typeof given === 'object' && given !== null ? given : { family: given }) as { family?: unknown; all?: boolean }
    const family = [4, 'IPv4'].includes(options.family as number) ? 4 : [6, 'IPv6'].includes(options.family as number) ? 6 : 0
    const number = isIP(host)
    const found =
      number === 0 ? ((await ask({ kind: 'lookup', host, family })) as Found[]) : [{ address: host, family: number === 6 ? 6 : 4 } as const]
    return options.all ? [...found] : (found[0] as Found)
  }
  const resolve = (host: string, type = 'A') => ask({ kind: 'resolve', host, type })
  const reverse = (host: string) => ask({ kind: 'reverse', host, type: 'PTR' })
  const promised: Record<string, (...args: never[]) => Promise<unknown>> = {
    resolve: (host: string, type?: string) => resolve(host, type),
    reverse,
  }
  for (const [method, type] of Object.entries(types)) {
    promised[method] = async (host: string, options?: { ttl?: boolean }) => {
      const records = await resolve(host, type)
      // How long they are good is not told.
      return options?.ttl && Array.isArray(records) && (type === 'A' || type === 'AAAA')
        ? records.map((address: string) => ({ address, ttl: 0 }))
        : records
    }
  }
  const called = (run: (...args: never[]) => Promise<unknown>) =>
    function withCallback(...args: unknown[]): void {
      const callback = args.pop() as Callback
      if (typeof callback !== 'function') throw new TypeError('The last argument of a look-up is a callback.')
      run(...(args as never[])).then(
        (records) => callback(null, records),
        (error: Error) => callback(error),
      )
    }
  const callbacks = Object.fromEntries(Object.entries(promised).map(([name, run]) => [name, called(run)]))
  Object.assign(dns, callbacks, {
    lookup(host: string, ...rest: unknown[]): void {
      const callback = rest.pop() as Callback
      lookup(host, rest[0]).then(
        (found) => (Array.isArray(found) ? callback(null, found) : callback(null, found.address, found.family)),
        (error: Error) => callback(error),
      )
    },
  })
  Object.assign(dns.promises, promised, { lookup })
  Object.assign(dns.Resolver.prototype, callbacks)
  Object.assign(dns.promises.Resolver.prototype, promised)
  syncBuiltinESMExports()
}
