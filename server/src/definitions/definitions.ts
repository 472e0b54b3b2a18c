import { namePattern } from '@crosswalk/sdk/definition-checks'
import { recordAudit, systemActing } from '../audit/audit.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { type DomainError, defineErrors } from '../platform/errors.ts'
import type { DefinitionProblem, PublishedDefinition } from '../protocol/channel.ts'
import { isReadyMade } from '../protocol/ready-made.ts'
import type { DefinitionKind, DefinitionOf, Known, KnownProblem } from './definition-kinds.ts'
import { type Found, sortDefinitions } from './definition-schema.ts'
import {
  countOwnDefinitions,
  findDefinitionRow,
  holdDefinitionRow,
  listDefinitionRows,
  listProblemRows,
  lockPublication,
  type Reader,
  replaceDefinitions,
  replaceProblems,
} from './definitions.queries.ts'

export type {
  DataProviderDefinition,
  DefinitionKind,
  DefinitionOf,
  IntegrationDefinition,
  Known,
  KnownProblem,
  WorkflowDefinition,
} from './definition-kinds.ts'

export const definitionError = defineErrors({
  integration_not_found: { status: 404, message: 'There is no such integration. See details for the available ones.' },
  workflow_not_found: { status: 404, message: 'There is no such workflow. See details for the available ones.' },
  data_provider_not_found: { status: 404, message: 'There is no such data provider. See details for the available ones.' },
  definition_not_loaded: { status: 409, message: 'The file that defines this does not load, so it cannot be run. See details.' },
  integration_switched_off: { status: 409, message: 'This integration is switched off. Switch it on to use it.' },
  integration_not_ready_made: {
    status: 409,
    message: 'Only an integration that comes along is switched off and on. This one is a file of the workspace: take it out of there.',
  },
  definition_loaded: { status: 409, message: 'This definition loads. Remove it from its file instead.' },
})

/** Carries over what was published, where another slice has rows that follow it. Returns what does not fit any more. */
export type OnPublished = (transaction: Transaction, definitions: readonly PublishedDefinition[]) => Promise<DefinitionProblem[]>

/**
 * Makes known what the workspace holds now, in place of all that was known before: all of it or nothing, one publication after
 * another. Workers with the same code may all publish; only one that changes something tells the others (`definitions.changed`).
 *
 * What is not of its form is a problem of its file. A definition that is not there any more is removed where everything loads: then it was
 * taken out. Else it is kept and marked as missing, until it loads again or its removal is confirmed.
 *
 * @param hooks what other slices carry over from it, in the same transaction
 * @returns false if everything was known already
 */
export async function publishDefinitions(
  db: Database,
  published: Found & { codeVersion: string },
  hooks: readonly OnPublished[] = [],
): Promise<boolean> {
  const { definitions, problems } = sortDefinitions(published)
  const { codeVersion } = published
  // An empty workspace is more likely one that was not copied or mounted than one that everything was taken out of.
  const isEmpty = definitions.every(isReadyMade)
  const keepsMissing = isEmpty || problems.some((problem) => !problem.isWarning)
  return inScope(db, 'allOrganizations', async (transaction) => {
    await lockPublication(transaction)
    const changedDefinitions = await replaceDefinitions(transaction, definitions, { codeVersion, keepsMissing })
    const found: DefinitionProblem[] = []
    for (const onPublished of hooks) found.push(...(await onPublished(transaction, definitions)))
    const isEmptied = isEmpty && problems.length === 0 && (await countOwnDefinitions(transaction)) > 0
    const all = [...problems, ...found, ...(isEmptied ? [emptied] : [])]
    const changedProblems = await replaceProblems(transaction, all, codeVersion)
    const hasChanged = changedDefinitions + changedProblems > 0
    if (hasChanged) {
      transaction.tell('definitions.changed', codeVersion)
      await recordAudit(transaction, systemActing, {
        action: 'workspace.published',
        organizationId: null,
        target: { type: 'workspace', id: codeVersion },
        changes: { definitions: { before: null, after: definitions.length }, problems: { before: null, after: all.length } },
      })
    }
    return hasChanged
  })
}

const emptied: DefinitionProblem = {
  kind: 'workflow',
  file: '.',
  reason:
    'The workspace has no integration, workflow or data provider. See whether its folder is there, and whether CROSSWALK_WORKSPACE names it.',
}

/** What a worker published under that name, if anything. */
export async function findDefinition<Kind extends DefinitionKind>(
  reader: Reader,
  kind: Kind,
  name: string,
): Promise<DefinitionOf<Kind> | undefined> {
  if (!namePattern.test(name)) return undefined
  return (await findDefinitionRow(reader, kind, name)) as DefinitionOf<Kind> | undefined // the kind is part of the key
}

/**
 * The published definition of that name.
 *
 * @throws integration_not_found, workflow_not_found, data_provider_not_found - `details.available` has the names that there are.
 */
export async function getDefinition<Kind extends DefinitionKind>(db: Database, kind: Kind, name: string): Promise<DefinitionOf<Kind>> {
  const found = await findDefinition(db, kind, name)
  if (found) return found
  throw await definitionNotFound(db, kind, name)
}

/** The same inside a transaction, and held: its publication in another form waits until the transaction has ended. */
export async function holdDefinition<Kind extends DefinitionKind>(
  transaction: Transaction,
  kind: Kind,
  name: string,
): Promise<DefinitionOf<Kind> | undefined> {
  if (!namePattern.test(name)) return undefined
  return (await holdDefinitionRow(transaction, kind, name)) as DefinitionOf<Kind> | undefined // the kind is part of the key
}

const nouns = { integration: 'integration', workflow: 'workflow', data_provider: 'data provider' } as const

/** The error for a name that nothing is published under: it lists the names that there are. */
export async function definitionNotFound(reader: Reader, kind: DefinitionKind, name: string): Promise<DomainError> {
  const available = (await listDefinitionRows(reader, kind)).map((definition) => definition.name)
  const choice =
    available.length === 0
      ? 'The workspace has none; see whether a worker runs and whether its files load.'
      : `Available: ${available.join(', ')}.`
  return definitionError(`${kind}_not_found`, { [`${kind}_name`]: name, available }, `No ${nouns[kind]} is named '${name}'. ${choice}`)
}

/** All published definitions of a kind, in order of their names. */
export async function listDefinitions<Kind extends DefinitionKind>(reader: Reader, kind: Kind): Promise<DefinitionOf<Kind>[]> {
  return (await listDefinitionRows(reader, kind)) as DefinitionOf<Kind>[] // the kind is what was asked for
}

/** What of the workspace could not be published, and why; of all kinds where none is named. */
export function listProblems(db: Database, kind?: DefinitionKind): Promise<KnownProblem[]> {
  return listProblemRows(db, kind)
}

/** Whether it can be run: it loads, and is not switched off. */
export const isUsable = ({ missingSince, switchedOffSince }: Known<PublishedDefinition>): boolean =>
  missingSince === undefined && switchedOffSince === undefined

/**
 * @throws definition_not_loaded - it was published once, and its file does not load any more.
 * @throws integration_switched_off - it, or what it comes along with.
 */
export function requireLoaded({ kind, name, file, missingSince, switchedOffSince }: Known<PublishedDefinition>): void {
  if (switchedOffSince !== undefined) {
    const since = switchedOffSince.toISOString()
    const what = kind === 'integration' ? `The integration '${name}'` : `The integration of the ${nouns[kind]} '${name}'`
    throw definitionError(
      'integration_switched_off',
      { kind, name, since },
      `${what} is switched off since ${since}. Its mappings are kept. Someone who may manage config can switch it on again, on its page.`,
    )
  }
  if (missingSince === undefined) return
  const since = missingSince.toISOString()
  throw definitionError(
    'definition_not_loaded',
    { kind, name, file, since },
    `The ${nouns[kind]} '${name}' does not load since ${since}, so it cannot be run. See what is wrong with ${file}: crosswalk workspace show.`,
  )
}
