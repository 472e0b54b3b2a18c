import { type Exchange, type ListExecutionExchangesParams, listExecutionExchanges } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { duration, time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import type { Column } from '../output/table.ts'

/** A status, or why there is none; both where the call failed although its status is fine. */
const answerOf = ({ status, error }: Exchange) => {
  if (status === null) return error?.kind ?? '-'
  return error && status < 400 ? `${status} ${error.kind}` : String(status)
}

const columns: Column<Exchange>[] = [
  { title: 'BEGAN', value: ({ started_at }) => time(started_at) },
  { title: 'STEP', value: ({ step }) => step ?? '-' },
  {
    title: 'REQUEST',
    value: ({ method, host, path, purpose }) => `${method} ${host}${path}${purpose === 'token' ? ' (for a token)' : ''}`,
    isWhole: true,
  },
  { title: 'ATTEMPT', value: ({ attempt }) => attempt },
  { title: 'ANSWER', value: answerOf },
  { title: 'BYTES', value: ({ response_bytes }) => response_bytes },
  { title: 'WAITED', value: ({ waited_ms }) => (waited_ms < 1 ? '-' : duration(waited_ms)) },
  { title: 'TOOK', value: ({ duration_ms }) => duration(duration_ms) },
]

type Options = PageOptions & { host?: string; integration?: string; status?: string }

/** `executions exchanges`: what an execution asked of vendors. */
export function exchangesCommand(cli: Cli): Command {
  return addPageOptions(
    makeCommand('exchanges', 'List what an execution asked of vendors.', [
      'executions exchanges 0198c1f0-…',
      'executions exchanges 0198c1f0-… --status failed',
    ]),
  )
    .argument('<execution>', 'its id')
    .option('--host <host>', 'only those to this host')
    .option('--integration <name>', 'only those of this integration')
    .option('--status <status>', 'a status, a class as 4xx, or failed')
    .action(async (id: string, { host, integration, status, ...options }: Options) => {
      const filter: ListExecutionExchangesParams = {
        ...(host === undefined ? {} : { host }),
        ...(integration === undefined ? {} : { integration }),
        ...(status === undefined ? {} : { status }),
      }
      const call = await cli.call()
      await showList(cli.terminal, options, {
        key: 'exchanges',
        read: (page) => listExecutionExchanges(id, { ...filter, ...page }, call),
        columns,
        whenEmpty: 'There are no such exchanges. Only calls of context.http are listed, and requests for the tokens that they need.',
      })
    })
}
