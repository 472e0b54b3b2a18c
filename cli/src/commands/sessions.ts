import { endSession, listSessions, type Session } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { usageError } from '../failure.ts'
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
  const end = makeCommand('end', 'End the session of a browser, or of all others, which have to sign in again.', [
    'sessions end 0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e10',
    'sessions end --others',
  ])
    .argument('[id]', 'of the session, as the list has it')
    .option('--others', 'all sessions but the one that asks. With an API key none of them asks, so all end')
    .option('--json', "print the server's JSON, which is none")
    .action(async (id: string | undefined, options: { others?: boolean; json?: boolean }) => {
      if ((id === undefined) !== (options.others === true)) throw usageError('Give the id of a session, or --others to end all others.')
      const call = await cli.call()
      const ids =
        id === undefined ? (await listSessions(call)).sessions.flatMap((session) => (session.is_current ? [] : [session.id])) : [id]
      for (const each of ids) await endSession(each, call)
      if (options.json) return
      if (id !== undefined) note(terminal, `Ended the session ${id}.`)
      else note(terminal, ids.length === 1 ? 'Ended 1 session.' : `Ended ${ids.length} sessions.`)
    })
  return makeGroup('sessions', 'The browsers that are signed in.', ['sessions list'], [list, end])
}
