import { type AuditChain, checkAuditChain } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { CommandError } from '../failure.ts'
import { time } from '../output/format.ts'
import { note, printJson, printLine } from '../output/print.ts'

const maxShown = 20
const words: Record<AuditChain['problems'][number]['problem'], string> = {
  link_missing: 'is missing from the chain',
  event_missing: 'is missing',
  event_changed: 'is not what it was when it was written',
}

export function auditVerifyCommand(cli: Cli): Command {
  const { terminal } = cli
  return makeCommand('verify', 'Check that no audit event is missing or changed. Exit code 1 where one is.', [
    'audit verify',
    'audit verify --head 42:0b1c…',
  ])
    .option('--head <sequence:hash>', 'the end of the chain as it was told earlier, which must still be in it')
    .option('--json', 'print what was found as JSON')
    .action(async (options: { head?: string; json?: boolean }) => {
      let checked = 0
      const problems: AuditChain['problems'] = []
      let answer: AuditChain
      let cursor = 0
      do {
        const query = { cursor, ...(options.head === undefined ? {} : { head: options.head }) }
        answer = await checkAuditChain(query, await cli.call())
        checked += answer.checked
        problems.push(...answer.problems)
        cursor = answer.next_cursor ?? 0
      } while (answer.next_cursor !== null)
      const { head, has_head: hasHead, anchor, unlinked } = answer
      if (options.json) printJson(terminal, { checked, problems, head, has_head: hasHead, anchor, unlinked })
      else {
        for (const { sequence, event_id, problem } of problems.slice(0, maxShown))
          printLine(terminal, `Event ${sequence}${event_id ? ` (${event_id})` : ''} ${words[problem]}.`)
        if (problems.length > maxShown) printLine(terminal, `And ${problems.length - maxShown} more.`)
        if (hasHead === false) printLine(terminal, 'The chain does not have that head any more: its end was cut off or made again.')
      }
      if (problems.length > 0 || hasHead === false)
        throw new CommandError(
          'audit_not_intact',
          `The audit is not intact: of ${checked} events ${problems.length} are missing or changed.`,
        )
      if (options.json) return
      printLine(terminal, `${checked} events, none missing or changed.`)
      if (anchor)
        printLine(terminal, `Events up to ${anchor.sequence} were deleted for their age, the last on ${time(anchor.forgotten_at)}.`)
      if (options.head !== undefined && hasHead === null) printLine(terminal, 'That head is among them, and could not be looked for.')
      if (head) note(terminal, `Keep this outside, and check with --head later: ${head.sequence}:${head.hash}`)
    })
}
