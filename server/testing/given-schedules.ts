import { publishDefinitions } from '../src/definitions/definitions.ts'
import type { Database } from '../src/platform/database/database.ts'
import { readInScope, sql } from '../src/platform/database/database.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { integrationDefinition, workflowDefinition } from './given-definitions.ts'
import { givenApp, givenPrincipal } from './given-installation.ts'

/** Publishes workflows with these schedules; null is one without. */
export function givenScheduled(
  db: Database,
  schedules: Record<string, JsonObject | null>,
  parametersSchema: JsonObject = { type: 'object' },
) {
  const workflows = Object.entries(schedules).map(([name, schedule]) => workflowDefinition(name, { schedule, parametersSchema }))
  return publishDefinitions(db, { definitions: [...workflows, integrationDefinition('halo')], problems: [], codeVersion: 'test' })
}

/** The API with two organizations, and workflows with these schedules. */
export async function givenSchedules(schedules: Record<string, JsonObject | null>) {
  const app = await givenApp()
  await givenScheduled(app.db, schedules)
  return {
    ...app,
    ...app.as(givenPrincipal('all', ['canExecuteWorkflows'])),
    /** Due times of the batches that a schedule has made, oldest first. */
    async fired(name: string): Promise<(string | null)[]> {
      const rows = await readInScope<{ due_at: Date | null }>(
        app.db,
        'allOrganizations',
        sql`select due_at from batches where schedule_name = ${name} order by id`,
      )
      return rows.map(({ due_at }) => due_at?.toISOString().slice(0, 16) ?? null)
    },
  }
}
