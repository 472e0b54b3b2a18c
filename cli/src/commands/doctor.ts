import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { FailedOutcome } from '../failure.ts'
import type { Finding } from '../local/doctor/finding.ts'
import { paintStatus } from '../output/format.ts'
import { printJson } from '../output/print.ts'
import { painterFor, printable, type Terminal } from '../output/terminal.ts'

function showFindings(terminal: Terminal, findings: readonly Finding[]): void {
  const paint = painterFor(terminal.stdout, terminal.env)
  const widest = Math.max(...findings.map(({ check }) => check.length))
  for (const { check, status, message, remedy } of findings) {
    terminal.stdout.write(`${paintStatus(status.padEnd(4), undefined, paint)}  ${check.padEnd(widest)}  ${printable(message)}\n`)
    if (remedy !== null) terminal.stdout.write(`${' '.repeat(widest + 8)}${printable(remedy)}\n`)
  }
}

export function doctorCommand({ terminal }: Cli): Command {
  return makeCommand(
    'doctor',
    'Look for what is wrong with the installation on this machine, and say how to mend it. Exits with 1 if something does not work.',
    ['doctor', 'doctor --json'],
  )
    .option('--json', 'print the findings as JSON')
    .action(async (options: { json?: boolean }) => {
      // It brings half of the server along, which the other commands have no use for.
      const { examine } = await import('../local/doctor/examination.ts')
      const findings = await examine(terminal)
      const hasFailed = findings.some(({ status }) => status === 'fail')
      if (options.json) printJson(terminal, { ok: !hasFailed, findings })
      else showFindings(terminal, findings)
      if (hasFailed) throw new FailedOutcome()
    })
}
