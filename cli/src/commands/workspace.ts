import { getWorkspace, removeDefinition, type Workspace } from '@crosswalk/client'
import { type Command, InvalidArgumentError } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { time } from '../output/format.ts'
import { note, printAnswer, printTable } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'

type Problem = Workspace['problems'][number]
type NotLoaded = Workspace['not_loaded'][number]
type Kind = NotLoaded['kind']

const kinds: Record<string, Kind> = { integration: 'integration', workflow: 'workflow', 'data-provider': 'data_provider' }
const shownKind = (kind: Kind) => kind.replace('_', '-')

const problemColumns: Column<Problem>[] = [
  { title: 'FILE', value: ({ file }) => file, isWhole: true },
  { title: 'SINCE', value: ({ since }) => time(since), isWhole: true },
  { title: 'PROBLEM', value: ({ reason }) => reason },
]
const notLoadedColumns: Column<NotLoaded>[] = [
  { title: 'DOES NOT LOAD', value: ({ kind, name }) => `${shownKind(kind)} ${name}`, isWhole: true },
  { title: 'SINCE', value: ({ since }) => time(since), isWhole: true },
  { title: 'FILE', value: ({ file }) => file },
  { title: 'WHY', value: ({ reason }) => reason ?? 'It is not there any more, while other files do not load.' },
]

function show(terminal: Terminal, { loaded, problems, not_loaded: missing }: Workspace): void {
  note(terminal, `${loaded} ${loaded === 1 ? 'definition loads' : 'definitions load'}.`)
  if (problems.length > 0) printTable(terminal, problems, problemColumns)
  if (missing.length === 0) return
  printTable(terminal, missing, notLoadedColumns)
  note(terminal, 'These are kept, and do not run, until they load. Where one is gone for good: crosswalk workspace remove <kind> <name>.')
}

function kindOf(text: string): Kind {
  const kind = kinds[text]
  if (kind !== undefined) return kind
  throw new InvalidArgumentError(`It is one of ${Object.keys(kinds).join(', ')}.`)
}

export function workspaceCommands(cli: Cli): Command {
  const { terminal } = cli
  const showing = makeCommand('show', 'Show what of the workspace loads, what does not, and since when.', ['workspace show'])
    .option('--json', "print the server's JSON")
    .action(async (options: { json?: boolean }) =>
      printAnswer(terminal, await getWorkspace(await cli.call()), options, (workspace) => show(terminal, workspace)),
    )
  const remove = makeCommand('remove', 'Confirm that something that does not load any more is gone.', [
    'workspace remove workflow sync_users',
  ])
    .argument('<kind>', Object.keys(kinds).join(', '), kindOf)
    .argument('<name>', 'its name')
    .option('--json', "print the server's JSON, which is none")
    .action(async (kind: Kind, name: string, options: { json?: boolean }) => {
      await removeDefinition(kind, name, await cli.call())
      if (!options.json) note(terminal, 'It is removed.')
    })
  return makeGroup('workspace', 'What authors wrote, and whether it loads.', ['workspace show'], [showing, remove])
}
