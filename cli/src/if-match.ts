import type { CallOptions } from '@crosswalk/client'
import { Option } from 'commander'
import type { Cli } from './cli.ts'

export type IfMatch = { ifMatch?: string }

/** For a command that changes something that others may change at the same time. */
export function ifMatchOption(): Option {
  return new Option('--if-match <etag>', 'change it only if its etag is still this one; --json shows it')
}

/** The options of a call that depends on what is there, where that was asked for. The quotation marks of the tag may be left out. */
export async function changingCall(cli: Cli, { ifMatch }: IfMatch): Promise<CallOptions> {
  const call = await cli.call()
  if (ifMatch === undefined) return call
  return { ...call, ifMatch: /^\*$|"/.test(ifMatch) ? ifMatch : `"${ifMatch}"` }
}
