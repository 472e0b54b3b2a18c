import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { type DomainError, defineErrors } from '../platform/errors.ts'
import type { DefinitionProblem, PublishedDefinition } from '../protocol/channel.ts'
import type { DefinitionKind, DefinitionOf } from './definition-kinds.ts'
import { checkDefinitions } from './definition-schema.ts'
import {
  findDefinitionRow,
  holdDefinitionRow,
  listDefinitionRows,
  listProblemRows,
  lockPublication,
  replaceDefinitions,
  replaceProblems,
  shareMappings,
  unshareMappings,
} from './definitions.queries.ts'

export type { DataProviderDefinition, DefinitionKind, DefinitionOf, IntegrationDefinition, WorkflowDefinition } from './definition-kinds.ts'

export const definitionError = defineErrors({
  integration_not_found: { status: 404, message: 'There is no such integration. See details for the available ones.' },
  workflow_not_found: { status: 404, message: 'There is no such workflow. See details for the available ones.' },
  data_provider_not_found: { status: 404, message: 'There is no such data provider. See details for the available ones.' },
})

const namePattern = /^[a-z][a-z0-9_]{0,49}$/

/**
 * Makes known what the workspace holds now, in place of all that was known before: all of it or nothing, one publication after
 * another. Workers with the same code may all publish; only one that changes something tells the others (`definitions.changed`).
 * Where an integration stops sharing its external organizations, mappings that several organizations hold stay valid and
 * are named as a problem.
 *
 * @returns false if everything was known already
 * @throws TypeError if a definition is not of its form
 */
export async function publishDefinitions(
  db: Database,
  published: { definitions: readonly PublishedDefinition[]; problems: readonly DefinitionProblem[]; codeVersion: string },
): Promise<boolean> {
  const definitions = checkDefinitions(published.definitions)
  return inScope(db, 'allOrganizations', async (transaction) => {
    await lockPublication(transaction)
    const changedDefinitions = await replaceDefinitions(transaction, definitions, published.codeVersion)
    const sharing = await followSharing(transaction, definitions)
    const changedProblems = await replaceProblems(transaction, [...published.problems, ...sharing], published.codeVersion)
    const hasChanged = changedDefinitions + changedProblems > 0
    if (hasChanged) transaction.tell('definitions.changed', published.codeVersion)
    return hasChanged
  })
}

/** Carries each integration's sharing into its mappings, where a constraint can hold it. */
async function followSharing(transaction: Transaction, definitions: PublishedDefinition[]): Promise<DefinitionProblem[]> {
  const integrations = definitions.filter((definition) => definition.kind === 'integration')
  await shareMappings(
    transaction,
    integrations.filter((integration) => integration.sharedExternalOrgs).map((integration) => integration.name),
  )
  const conflicts = await unshareMappings(
    transaction,
    integrations.filter((integration) => !integration.sharedExternalOrgs).map((integration) => integration.name),
  )
  return conflicts.map((conflict) => ({
    kind: 'integration',
    file: integrations.find((integration) => integration.name === conflict.integration_name)?.file ?? conflict.integration_name,
    reason: `${conflict.integration_name} does not share its external organizations any more, but ${conflict.held_by_several} of them are mapped by several organizations. These mappings go on working; deactivate the ones that are wrong.`,
  }))
}

/** What a worker published under that name, if anything. */
export async function findDefinition<Kind extends DefinitionKind>(
  db: Database,
  kind: Kind,
  name: string,
): Promise<DefinitionOf<Kind> | undefined> {
  if (!namePattern.test(name)) return undefined
  return (await findDefinitionRow(db, kind, name)) as DefinitionOf<Kind> | undefined // the kind is part of the key
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
export async function definitionNotFound(db: Database, kind: DefinitionKind, name: string): Promise<DomainError> {
  const available = (await listDefinitionRows(db, kind)).map((definition) => definition.name)
  const choice =
    available.length === 0
      ? 'The workspace has none; see whether a worker runs and whether its files load.'
      : `Available: ${available.join(', ')}.`
  return definitionError(`${kind}_not_found`, { [`${kind}_name`]: name, available }, `No ${nouns[kind]} is named '${name}'. ${choice}`)
}

/** All published definitions of a kind, in order of their names. */
export async function listDefinitions<Kind extends DefinitionKind>(db: Database, kind: Kind): Promise<DefinitionOf<Kind>[]> {
  return (await listDefinitionRows(db, kind)) as DefinitionOf<Kind>[] // the kind is what was asked for
}

/** What of the workspace could not be published, and why; of all kinds where none is named. */
export function listProblems(db: Database, kind?: DefinitionKind): Promise<DefinitionProblem[]> {
  return listProblemRows(db, kind)
}
