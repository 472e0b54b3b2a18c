import { confirm, isCancel } from '@clack/prompts'
import { ApiError, createMappings, type ListMatchesParams, listMatches, type Mapping, type Match } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { FailedOutcome, Interrupted, usageError } from '../failure.ts'
import { yesOrNo } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printJson, printLine, printTable } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'

/** What one request maps at the most. */
const maxLines = 500
const maxPage = 200

const proposed = ({ candidates, preselected }: Match) =>
  candidates.find(({ external_org_id }) => external_org_id === preselected) ?? candidates[0]

function whyOf(candidate: Match['candidates'][number] | undefined): string {
  if (!candidate) return '-'
  const { reason, shared } = candidate
  return `${reason.replaceAll('_', ' ')}${shared === null ? '' : `: ${shared}`}`
}

const columns: Column<Match>[] = [
  { title: 'ORGANIZATION', value: ({ org_name }) => org_name },
  { title: 'EXTERNAL ID', value: (match) => proposed(match)?.external_org_id ?? '-', isWhole: true },
  { title: 'EXTERNAL NAME', value: (match) => proposed(match)?.external_org_name ?? '-' },
  { title: 'WHY', value: (match) => whyOf(proposed(match)) },
  { title: 'SURE', value: ({ candidates, preselected }) => (candidates.length === 0 ? '-' : yesOrNo(preselected !== null)) },
  { title: 'OTHERS', value: ({ candidates }) => (candidates.length > 1 ? candidates.length - 1 : '-') },
]

type Conflict = { index: number; error: string; message: string }
type Options = PageOptions & { org?: string; search?: string; likely?: boolean; save?: boolean; yes?: boolean }

/** The lines that were in the way, if that is why the server refused. */
function conflictsOf(error: unknown): Conflict[] | undefined {
  return error instanceof ApiError && error.code === 'mappings_in_conflict' && Array.isArray(error.details.conflicts)
    ? (error.details.conflicts as Conflict[]) // the server's own form of this error
    : undefined
}

/** @throws Interrupted where the answer is no */
async function askToMap(terminal: Terminal, count: number): Promise<void> {
  const { stdin, stderr, signal } = terminal
  if (!stdin.isTTY) throw usageError('Nobody can be asked here. To map them without a question, add --yes.')
  const answer = await confirm({ message: `Map ${named(count)}?`, input: stdin, output: stderr, signal, initialValue: false })
  if (!isCancel(answer) && answer) return
  note(terminal, 'Nothing was mapped.')
  throw new Interrupted()
}

const named = (count: number) => (count === 1 ? '1 organization' : `${count} organizations`)

export function matchCommand(cli: Cli): Command {
  const { terminal } = cli

  async function filterOf({ org, search, likely }: Options): Promise<ListMatchesParams> {
    return {
      ...(org === undefined ? {} : { org_id: await organizationIdOf(cli, org) }),
      ...(search === undefined ? {} : { search }),
      ...(likely === undefined ? {} : { likely: likely ? ('true' as const) : ('false' as const) }),
    }
  }

  const noteUndiscovered = (name: string) => note(terminal, `Nothing was discovered yet. Do it with: crosswalk discover ${name}`)

  async function list(name: string, options: Options): Promise<void> {
    const call = await cli.call()
    const filter = await filterOf(options)
    let isDiscovered = true
    await showList(terminal, options, {
      key: 'matches',
      read: async (page) => {
        const answer = await listMatches(name, { ...filter, ...page }, call)
        isDiscovered = answer.discovered_at !== null
        return answer
      },
      columns,
      whenEmpty:
        filter.likely === undefined && filter.search === undefined ? 'Every organization is mapped.' : 'There are no such organizations.',
    })
    if (!isDiscovered && !options.json) noteUndiscovered(name)
  }

  async function everyMatch(name: string, filter: ListMatchesParams): Promise<Match[]> {
    const call = await cli.call()
    const found: Match[] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await listMatches(name, { ...filter, limit: maxPage, ...(cursor === undefined ? {} : { cursor }) }, call)
      if (page.discovered_at === null) noteUndiscovered(name)
      found.push(...page.matches)
      cursor = page.discovered_at === null ? null : page.next_cursor
    }
    return found
  }

  /** Each request is mapped whole or not at all; what earlier ones have mapped stays. */
  async function map(name: string, sure: readonly Match[]): Promise<Mapping[]> {
    const call = await cli.call()
    const mapped: Mapping[] = []
    for (let from = 0; from < sure.length; from += maxLines) {
      const part = sure.slice(from, from + maxLines)
      const lines = part.map((match) => {
        const { external_org_id = '', external_org_name = '' } = proposed(match) ?? {} // a sure match has its candidate
        return { org_id: match.org_id, external_org_id, external_org_name }
      })
      try {
        mapped.push(...(await createMappings(name, { mappings: lines }, call)).mappings)
      } catch (error) {
        const conflicts = conflictsOf(error)
        if (!conflicts) throw error
        printTable(terminal, conflicts, [
          { title: 'ORGANIZATION', value: ({ index }) => part[index]?.org_name ?? '-' },
          { title: 'ERROR', value: ({ error }) => error, isWhole: true },
          { title: 'MESSAGE', value: ({ message }) => message },
        ])
        note(terminal, `${mapped.length === 0 ? 'Nothing was mapped' : `${named(mapped.length)} mapped, no more`}: these are in the way.`)
        throw new FailedOutcome()
      }
    }
    return mapped
  }

  async function save(name: string, options: Options): Promise<void> {
    const matches = await everyMatch(name, await filterOf(options))
    const sure = matches.filter(({ preselected }) => preselected !== null)
    if (sure.length > 0 && !options.yes) {
      if (!options.json) printTable(terminal, sure, columns)
      await askToMap(terminal, sure.length)
    }
    const mappings = sure.length === 0 ? [] : await map(name, sure)
    if (options.json) return printJson(terminal, { mappings, count: mappings.length, organizations_created: 0 })
    const unsure = matches.filter(({ candidates, preselected }) => preselected === null && candidates.length > 0).length
    printLine(terminal, `Mapped ${named(mappings.length)}.`)
    note(terminal, `Left to choose for: ${unsure}. Without a match: ${matches.length - sure.length - unsure}.`)
  }

  return addPageOptions(
    makeCommand('match', 'List the organizations that are not mapped, with the external organizations that they are likely to be.', [
      'match myintegration',
      'match myintegration --likely --all',
      'match myintegration --save',
    ]),
  )
    .argument('<integration>', 'its name')
    .option('--likely', 'only those with a candidate')
    .option('--no-likely', 'only those without')
    .option('--search <text>', "part of the organization's name or of a domain")
    .option('--org <organization>', `only this one, compared with what its own credentials see: ${organizationHelp}`)
    .option('--save', 'map all that are sure: the only one with the same id elsewhere, tenant, domain or name, and wanted by no other')
    .option('--yes', 'with --save: do not ask')
    .action(async (name: string, options: Options) => {
      if (options.yes && !options.save) throw usageError('--yes is for --save.')
      if (options.save && (options.limit !== undefined || options.cursor !== undefined))
        throw usageError('--save takes all that are sure; narrow them with --search or --org.')
      return options.save ? save(name, options) : list(name, options)
    })
}
