import type { JsonObject } from '../../protocol/json.ts'
import type { NetworkFailure } from '../../protocol/network.ts'
import type { DeclaredHosts } from './declared-hosts.ts'
import type { Exchange } from './exchanges.ts'
import type { OwnAnswer, OwnRequest, OwnSeen } from './own-request.ts'

/** What a worker tells its gateway. With `bind` comes the worker's end of one of the runner's lanes. */
export type ToGateway =
  | {
      type: 'start'
      /** Base64: checks what executions may. */
      passKey: string
      /** Base64: opens tickets. */
      ticketKey: string
      /** The beginnings of bodies of failed exchanges are told too. */
      recordsBodies: boolean
      /** CROSSWALK_EGRESS_ALLOW, entry by entry. */
      allow: string[]
      /** Ports of this machine on which the platform's own parts listen. */
      ownPorts: number[]
    }
  | { type: 'own_ports'; ownPorts: number[] }
  | { type: 'bind'; runner: string; hosts: DeclaredHosts; organizationId: string | null | undefined }
  | ({ type: 'fetch'; number: number } & OwnRequest)
  /** The tickets of these exchanges are not to be used any more. */
  | { type: 'void'; exchanges: string[] }
  | { type: 'ping'; number: number }

/** What a gateway tells its worker. */
export type FromGateway =
  | ({ type: 'refused' } & Refused)
  /** A runner broke the rules of the wire, and has no network any more. */
  | { type: 'cut_off'; runner: string; reason: string }
  /** The lane came: without descriptors left in this process, the system drops what is sent. */
  | { type: 'bound'; runner: string }
  | { type: 'exchanges'; exchanges: Exchange[] }
  /** Of those whose tickets were not to be used: they were not. */
  | { type: 'unsent'; exchanges: string[] }
  | { type: 'fetched'; number: number; told: { ok: OwnAnswer } | { failure: NetworkFailure }; seen: OwnSeen }
  | { type: 'pong'; number: number }

/** A connection that was refused. The same one is told once a minute, with how often it was. */
export type Refused = {
  runner: string
  executionId: string | null
  organizationId: string | null
  name: string | null
  host: string
  port: number
  times: number
  message: string
  details: JsonObject
}
