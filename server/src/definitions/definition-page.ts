import { z } from 'zod'
import type { pageQuery } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import type { DefinitionProblem } from '../protocol/channel.ts'

const nameCursor = z.tuple([z.string()])

/**
 * One page of definitions. All were read: a workspace has hundreds at most, and the lists stay consistent with each other.
 *
 * @param definitions in order of their names
 * @throws validation_failed - the cursor.
 */
export function definitionPage<Definition extends { name: string }>(
  definitions: Definition[],
  query: z.output<typeof pageQuery>,
): { items: Definition[]; nextCursor: string | null } {
  const [after] = query.cursor === undefined ? [] : parseCursor(query.cursor, nameCursor)
  const rest = after === undefined ? definitions : definitions.filter((definition) => definition.name > after)
  return pageOf(rest, query.limit, (last) => [last.name])
}

/** A JSON Schema as it stands in an answer. */
export const jsonSchemaView = z.record(z.string(), z.unknown()).describe('JSON Schema, draft 2020-12.')

export const problemView = z
  .object({ file: z.string(), reason: z.string() })
  .meta({ id: 'DefinitionProblem', description: 'A file of the workspace that is not published, and why.' })

export function problemViewOf(problem: DefinitionProblem): z.input<typeof problemView> {
  return { file: problem.file, reason: problem.reason }
}
