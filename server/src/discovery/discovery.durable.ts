import { z } from 'zod'
import { defineRequest, type EndHandler, type HostRequest } from '../engine/state/requests.ts'
import { platformError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { storageProblem } from '../platform/json-schema.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { closeRunAsFailed, closeRunAsGood, deleteOldRuns, ensureRun, lockOpenRun } from './discovery.queries.ts'
import { discoveryError, endedWithout } from './discovery.ts'
import { type SeenOrganization, upsertSeenOrganizations } from './external-organizations.queries.ts'

const maxPageLength = 10_000
const maxMetadataBytes = 32 * 1024
const notInId = /[\p{Cc}\p{Cs}]/u
const notInName = /[\p{Cc}\p{Cs}]+/gu

const pageArgs = z.object({
  organizations: z
    .array(z.object({ id: z.string(), name: z.string(), metadata: z.record(z.string(), z.unknown()).nullish() }))
    .max(maxPageLength),
  position: z.int().min(0),
})

function invalid(index: number, field: string, problem: string) {
  return platformError(
    'validation_failed',
    { [`organizations.${index}.${field}`]: [problem] },
    `The external organization at place ${index + 1} of a page is not valid: ${field} ${problem}.`,
  )
}

const maxDepth = 32

/** Vendors' text is kept, except for what the database has no room for. */
function storable(value: unknown, depth = 0): JsonValue {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed()
  if (value === null || typeof value !== 'object') return value as JsonValue // it came as JSON
  if (depth >= maxDepth) return null
  if (Array.isArray(value)) return value.map((item) => storable(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [String(storable(key)), storable(item, depth + 1)]))
}

/** A page as it is stored. Where a vendor lists an organization twice, the later entry counts. @throws validation_failed */
function seenOn({ organizations, position }: z.output<typeof pageArgs>): SeenOrganization[] {
  const seen = new Map<string, SeenOrganization>()
  for (const [index, { id, name, metadata }] of organizations.entries()) {
    if (id.length < 1 || id.length > 200) throw invalid(index, 'id', 'must have 1 to 200 characters')
    if (notInId.test(id)) throw invalid(index, 'id', 'must not contain control characters')
    const kept = storable(metadata ?? {}) as JsonObject // an object stays one
    const problem = storageProblem(kept, maxMetadataBytes)
    if (problem !== undefined) throw invalid(index, 'metadata', problem)
    const shownName = name.replace(notInName, ' ').trim().slice(0, 200).toWellFormed()
    seen.set(id, { id, name: shownName || id, metadata: kept, position: position + index })
  }
  return [...seen.values()]
}

export const discoveryRequests: HostRequest[] = [
  defineRequest({
    name: 'storeExternalOrganizations',
    kinds: ['discovery'],
    // Storing a page again changes nothing, so a resumed discovery just lists anew.
    isRecorded: false,
    args: pageArgs,
    async handle({ db, execution, progress }, args) {
      const page = seenOn(args)
      const { id: executionId, name: integrationName, organizationId: owner } = execution
      if (!(await upsertSeenOrganizations(db, owner, executionId, page))) {
        await ensureRun(db, { id: newId(), integrationName, owner, executionId })
        if (!(await upsertSeenOrganizations(db, owner, executionId, page))) throw discoveryError('discovery_running')
      }
      progress(args.position + args.organizations.length, undefined, 'organizations found')
      return null
    },
  }),
]

/** Closes the run of a discovery. Only one that succeeded knows what is gone. */
export const discoveryEnd: EndHandler = {
  kind: 'discovery',
  async onEnd(transaction, execution, outcome) {
    const run = await lockOpenRun(transaction, execution.id)
    if (!run) return
    const { id, integration_name: integrationName, organization_id: owner } = run
    if (outcome.status === 'success') await closeRunAsGood(transaction, { id, integrationName, owner })
    else await closeRunAsFailed(transaction, id, outcome.error ?? endedWithout(outcome))
    await deleteOldRuns(transaction, integrationName, owner)
  },
}
