import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { confirm, isCancel } from '@clack/prompts'
import { type ImportedRow, importOrganizations } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { CommandError, Interrupted, usageError } from '../failure.ts'
import { note, printAnswer, printTable } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { gather } from './pairs.ts'

const columns: Column<ImportedRow>[] = [
  { title: 'LINE', value: ({ line }) => String(line) },
  { title: 'NAME', value: ({ name }) => name || '-' },
  { title: 'WILL BE', value: ({ outcome }) => outcome },
  { title: 'WHAT', value: ({ changes, problems }) => problems.join(' ') || changes.join(', ') || '-' },
]

async function readText(cwd: string, file: string): Promise<string> {
  const path = resolve(cwd, file)
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw usageError(`The file ${path} cannot be read (${error.code}).`)
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new CommandError('import_not_utf8', `${file} is not UTF-8. Save it as "CSV UTF-8", and try again.`)
  }
}

type Options = { dryRun?: boolean; yes?: boolean; column?: string[]; json?: boolean }

/** `orgs import`: organizations from a file. */
export function organizationImportCommand(cli: Cli): Command {
  const { terminal } = cli
  return makeCommand('import', 'Add and change organizations from a CSV file, all of it or nothing.', [
    'orgs import customers.csv --dry-run',
    'orgs import customers.csv --column name --column tags --column field:tier --yes',
  ])
    .argument('<file>', 'CSV with UTF-8; its first row names the columns')
    .option('--dry-run', 'say what would become of each row, and import nothing')
    .option(
      '--column <target>',
      'what the columns are, one after the other: id, name, domains, tenant_id, tags, field:<name>, external:<integration>, or skip. Not given, their headings say',
      gather,
    )
    .option('--yes', 'do not ask')
    .option('--json', "print the server's JSON")
    .action(async (file: string, options: Options) => {
      const csv = await readText(terminal.cwd, file)
      const targets = options.column?.map((target) => (target === 'skip' ? '' : target))
      const body = { csv, ...(targets ? { columns: targets } : {}) }
      const call = await cli.call()
      if (options.dryRun || !options.yes) {
        const preview = await importOrganizations({ ...body, dry_run: true }, call)
        if (options.dryRun || preview.outcomes.refused > 0) {
          printAnswer(terminal, preview, options, ({ rows }) => printTable(terminal, rows, columns))
          note(terminal, summary(preview.outcomes))
        }
        if (preview.outcomes.refused > 0)
          throw new CommandError(
            'import_refused',
            'Some rows cannot be imported, so nothing was. Correct them, or take them out of the file.',
          )
        if (options.dryRun) return
        await askToImport(cli.terminal, summary(preview.outcomes))
      }
      const answer = await importOrganizations(body, call)
      printAnswer(terminal, answer, options, ({ outcomes }) => note(terminal, `Imported. ${summary(outcomes)}`))
    })
}

function summary(outcomes: { new: number; changed: number; same: number; refused: number }): string {
  return `${outcomes.new} new, ${outcomes.changed} changed, ${outcomes.same} the same, ${outcomes.refused} refused.`
}

/** @throws Interrupted where the answer is no */
async function askToImport(terminal: Terminal, what: string): Promise<void> {
  const { stdin, stderr, signal } = terminal
  if (!stdin.isTTY) throw usageError('Nobody can be asked here. To import without a question, add --yes.')
  const answer = await confirm({ message: `${what} Import them?`, input: stdin, output: stderr, signal, initialValue: false })
  if (!isCancel(answer) && answer) return
  note(terminal, 'Nothing was imported.')
  throw new Interrupted()
}
