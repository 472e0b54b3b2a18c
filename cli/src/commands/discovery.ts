import { setTimeout as delay } from 'node:timers/promises'
import { type CallOptions, type DiscoveredOrganizations, discoverOrganizations, getExecution } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { inLine, time } from '../output/format.ts'
import { note, printAnswer, printTable } from '../output/print.ts'
import { progressText, showProgress } from '../output/progress.ts'
import type { Column } from '../output/table.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'

/** Below the time after which `fetch` gives up waiting for an answer. */
const maxWaitSeconds = 60
const progressEveryMs = 500

type Discovered = DiscoveredOrganizations['organizations'][number]
type Options = { org?: string; refresh?: boolean; search?: string; json?: boolean }

/** Tells how far the execution is until it is stopped. What cannot be read is not told. */
async function watchProgress(call: CallOptions, executionId: string, say: (text: string) => void, stop: AbortSignal): Promise<void> {
  try {
    for (;;) {
      const { progress, status } = await getExecution(executionId, { ...call, signal: stop })
      say(progress ? progressText(progress) : status)
      await delay(progressEveryMs, undefined, { signal: stop })
    }
  } catch {
    // The list itself says what went wrong; without the right to see executions there is just no progress.
  }
}

/** Asks until the list is there. All calls share the run that the first one found or began. */
async function discover(cli: Cli, name: string, options: Options): Promise<DiscoveredOrganizations> {
  const call = await cli.call()
  const whose = options.org === undefined ? {} : { orgId: await organizationIdOf(cli, options.org) }
  const query = { ...whose, ...(options.refresh ? { refresh: 'true' as const } : {}) }
  const progress = showProgress(cli.terminal, `Asking ${name}`)
  const done = new AbortController()
  try {
    let answer = await discoverOrganizations(name, { ...query, wait: 1 }, call)
    if ('execution_id' in answer) {
      const say = (text: string) => progress.say(`Asking ${name}: ${text}`)
      void watchProgress(call, answer.execution_id, say, AbortSignal.any([done.signal, cli.terminal.signal]))
    }
    while ('execution_id' in answer) answer = await discoverOrganizations(name, { ...query, wait: maxWaitSeconds }, call)
    return answer
  } finally {
    done.abort()
    progress.stop()
  }
}

/** The id and the name, and a column for each piece of metadata that the vendor's organizations have. */
function columnsFor(organizations: readonly Discovered[]): Column<Discovered>[] {
  const keys = new Set(organizations.slice(0, 100).flatMap(({ metadata }) => Object.keys(metadata)))
  return [
    { title: 'EXTERNAL ID', value: ({ id }) => id, isWhole: true },
    { title: 'NAME', value: ({ name }) => name },
    ...[...keys].slice(0, 4).map((key) => ({ title: key.toUpperCase(), value: ({ metadata }: Discovered) => inLine(metadata[key]) })),
  ]
}

function matches({ id, name }: Discovered, text: string): boolean {
  return name.toLowerCase().includes(text.toLowerCase()) || id.toLowerCase().includes(text.toLowerCase())
}

export function discoveryCommand(cli: Cli): Command {
  const { terminal } = cli
  return makeCommand('discover', 'List the organizations that an outside system has.', [
    'discover myintegration',
    'discover myintegration --org "Acme Corp" --refresh',
  ])
    .argument('<integration>', 'its name')
    .option('--org <organization>', `with the credentials of this organization: ${organizationHelp}. Without it, the global ones`)
    .option('--refresh', 'ask the outside system, however fresh the last list is')
    .option('--search <text>', 'show only those whose name or id contains the text')
    .option('--json', "print the server's JSON, whatever --search says")
    .action(async (name: string, options: Options) => {
      printAnswer(terminal, await discover(cli, name, options), options, (body) => {
        const { search } = options
        const shown = search === undefined ? body.organizations : body.organizations.filter((one) => matches(one, search))
        if (shown.length > 0) printTable(terminal, shown, columnsFor(shown))
        note(
          terminal,
          `${shown.length} of ${body.organizations.length} organizations, as of ${time(body.cached_at)}${body.stale ? ', which is out of date' : ''}.`,
        )
        if (body.last_error) note(terminal, `The last try failed at ${time(body.last_error.at)}: ${body.last_error.message}`)
      })
    })
}
