import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'
import { columnTarget } from './columns.ts'
import { delimiters, parseCsv } from './csv-text.ts'
import { importOrganizations } from './imports.ts'
import type { PlannedRow } from './plan.ts'

const maxCsvLength = 4_000_000
/** JSON writes some characters as two or six. */
const maxBodyBytes = 12 * 1_048_576
const outcomes = ['new', 'changed', 'same', 'refused'] as const

const rowView = z
  .object({
    line: z.int().describe('Where the row begins in the file, from 1.'),
    name: z.string(),
    outcome: z.enum(outcomes),
    org_id: z.uuid().nullable().describe('The organization that it is of; null for a new one.'),
    changes: z.array(z.string()).describe('What it sets or changes, by the names of the columns.'),
    problems: z.array(z.string()),
  })
  .meta({ id: 'ImportedRow' })

function viewOf({ line, name, outcome, organizationId, changes, problems }: PlannedRow): z.input<typeof rowView> {
  return { line, name, outcome, org_id: organizationId ?? null, changes, problems }
}

/** `/api/organizations/import`: organizations from a file. */
export function importRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'POST',
      path: '/organizations/import',
      operationId: 'importOrganizations',
      tag: 'Organizations',
      summary: 'Import organizations from CSV, or say what importing it would do',
      description:
        'A row is of the organization that its id, an external id that it is mapped to, or its whole name says, and otherwise of a new one. Empty cells change nothing, tags are added to those that it has, external ids become mappings. All of it or nothing is imported. With `dry_run` nothing is, and the answer is what would become of each row.',
      permission: 'canManageOrganizations',
      audit: { action: 'organizations.imported' },
      maxBodyBytes,
      body: z.strictObject({
        csv: z.string().min(1).max(maxCsvLength).describe('The text of the file: a first row with headings, then 10,000 rows at most.'),
        columns: z
          .array(columnTarget)
          .min(1)
          .max(200)
          .optional()
          .describe(
            'What each column is: `id`, `name`, `domains`, `tenant_id`, `tags`, `field:<name>`, `external:<integration>`, or empty to leave it out. Not given, by the headings.',
          ),
        delimiter: z.enum(delimiters).optional().describe('Not given, the one that the first row has most of.'),
        dry_run: z.boolean().optional(),
      }),
      responses: {
        200: z.object({
          delimiter: z.enum(delimiters),
          columns: z.array(z.object({ heading: z.string(), target: z.string() })),
          rows: z.array(rowView),
          count: z.int(),
          outcomes: z.object(
            Object.fromEntries(outcomes.map((outcome) => [outcome, z.int()])) as Record<(typeof outcomes)[number], z.ZodInt>,
          ),
          is_imported: z.boolean().describe('False for a dry run.'),
        }),
      },
      errors: [
        'import_unreadable',
        'import_too_long',
        'import_columns_unclear',
        'import_refused',
        'integration_not_found',
        'mapping_not_supported',
      ],
      async handler(request) {
        const { body, principal } = request
        const csv = parseCsv(body.csv, body.delimiter)
        const isDryRun = body.dry_run ?? false
        const { columns, rows } = await importOrganizations(db, actingOf(request), principal, { csv, columns: body.columns, isDryRun })
        const count = (outcome: PlannedRow['outcome']) => rows.filter((row) => row.outcome === outcome).length
        return {
          status: 200,
          body: {
            delimiter: csv.delimiter,
            columns: csv.header.map((heading, index) => ({ heading, target: columns[index] ?? '' })),
            rows: rows.map(viewOf),
            count: rows.length,
            outcomes: { new: count('new'), changed: count('changed'), same: count('same'), refused: count('refused') },
            is_imported: !isDryRun,
          },
        }
      },
    }),
  ]
}
