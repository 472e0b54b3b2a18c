import { type LogLine, listExecutionLogs } from '@crosswalk/client'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { usageError } from '../failure.ts'
import { note, printJson } from '../output/print.ts'
import { painterFor } from '../output/terminal.ts'
import { followExecution } from './execution-events.ts'
import { followLog, logText } from './following.ts'

type Options = { follow?: boolean; level?: LogLine['level']; json?: boolean }
const linesPerPage = 1_000

export function logsCommand(cli: Cli): Command {
  const { terminal } = cli

  /** All lines so far. */
  async function readLines(id: string, level: LogLine['level'] | undefined): Promise<LogLine[]> {
    const call = await cli.call()
    const lines: LogLine[] = []
    let cursor: string | undefined
    do {
      const page = await listExecutionLogs(
        id,
        { limit: linesPerPage, ...(level === undefined ? {} : { level }), ...(cursor === undefined ? {} : { cursor }) },
        call,
      )
      lines.push(...page.logs)
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    return lines
  }

  /** For programs: each line of the log as one line of JSON. */
  async function followAsJson(id: string): Promise<void> {
    for await (const event of followExecution(await cli.call(), id))
      if (event.type === 'log') terminal.stdout.write(`${JSON.stringify(event.line)}\n`)
  }

  return makeCommand('logs', 'Print the log of an execution.', ['logs 0198c1f0-…', 'logs 0198c1f0-… --follow'])
    .argument('<execution>', 'its id')
    .option('--follow', 'keep printing until the execution ends')
    .addOption(new Option('--level <level>', 'only lines of this level or above').choices(['debug', 'info', 'warn', 'error']))
    .option('--json', "print the server's JSON; with --follow one line of JSON for each line of the log")
    .action(async (id: string, options: Options) => {
      if (options.follow) {
        if (options.level !== undefined) throw usageError('--level does not go with --follow.')
        if (options.json) return followAsJson(id)
        const ended = await followLog(terminal, await cli.call(), id, terminal.stdout)
        return note(terminal, `${ended.status}. To see its result: crosswalk executions show ${id}`)
      }
      const logs = await readLines(id, options.level)
      if (options.json) return printJson(terminal, { logs, count: logs.length, next_cursor: null })
      if (logs.length === 0) return note(terminal, 'The log is empty.')
      const paint = painterFor(terminal.stdout, terminal.env)
      terminal.stdout.write(`${logs.map((line) => logText(line, paint)).join('\n')}\n`)
    })
}
