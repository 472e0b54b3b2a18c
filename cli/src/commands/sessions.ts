import { endSession, listSessions, type Session } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { time } from '../output/format.ts'
import { note, printAnswer, printTable } from '../output/print.ts'
import type { Column } from '../output/table.ts'

const columns: Column<Session>[] = [
  { title: 'ID', value: ({ id }) => id, isWhole: true },
  { title: 'OPENED', value: ({ created_at }) => time(created_at) },
  { title: 'USED', value: ({ last_used_at }) => time(last_used_at) },
  { title: 'ENDS', value: ({ expires_at }) => time(expires_at) },
  { title: 'ADDRESS', value: ({ address }) => address ?? '-' },
  { title: 'BROWSER', value: ({ browser }) => browser ?? '-' },
]

export function sessionCommands(cli: Cli): Command {
  const { terminal } = cli
  const list = makeCommand('list', 'List the browsers that are signed in, last used first.', ['sessions list'])
    .option('--json', "print the server's JSON")
    .action(async (options: { json?: boolean }) => {
      printAnswer(terminal, await listSessions(await cli.call()), options, ({ sessions }) => {
        if (sessions.length === 0) note(terminal, 'No browser is signed in.')
        else printTable(terminal, sessions, columns)
      })
    })
  const end = makeCommand('end', 'End the session of a browser, which has to sign in again.', [
    'sessions end 0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e10',
  ])
    .argument('<id>', 'of the session, as the list has it')
    .option('--json', "print the server's JSON, which is none")
    .action(async (id: string, options: { json?: boolean }) => {
      await endSession(id, await cli.call())
      if (!options.json) note(terminal, `Ended the session ${id}.`)
    })
  return makeGroup('sessions', 'The browsers that are signed in.', ['sessions list'], [list, end])
}
