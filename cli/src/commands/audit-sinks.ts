import { type AuditSink, listAuditSinks } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { time } from '../output/format.ts'
import { note, printJson, printTable } from '../output/print.ts'
import type { Column } from '../output/table.ts'

const columns: Column<AuditSink>[] = [
  { title: 'SINK', value: ({ name }) => name },
  { title: 'HAS UP TO', value: ({ cursor }) => cursor },
  { title: 'BEHIND', value: ({ behind }) => behind },
  { title: 'LAST SENT', value: ({ sent_at }) => time(sent_at) },
  { title: 'FAILING SINCE', value: ({ failing_since }) => time(failing_since) },
  { title: 'WHY', value: ({ last_error }) => last_error },
]

export function auditSinksCommand(cli: Cli): Command {
  const { terminal } = cli
  return makeCommand('sinks', 'List what the audit is sent on to, and how far that is.', ['audit sinks'])
    .option('--json', "print the server's JSON")
    .action(async (options: { json?: boolean }) => {
      const answer = await listAuditSinks(await cli.call())
      if (options.json) return printJson(terminal, answer)
      if (answer.count === 0)
        return note(terminal, 'The audit is sent nowhere. Set CROSSWALK_AUDIT_SYSLOG or CROSSWALK_AUDIT_WEBHOOK for the workers.')
      printTable(terminal, answer.sinks, columns)
    })
}
