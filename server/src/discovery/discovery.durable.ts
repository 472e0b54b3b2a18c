import { externalIdProblem, shownId } from '@crosswalk/sdk/external-id'
import { notJsonProblem, toPlainJson } from '@crosswalk/sdk/plain-json'
import { storageProblem } from '@crosswalk/sdk/storable-json'
import { z } from 'zod'
import { defineRequest, type EndHandler, type HostRequest } from '../engine/state/requests.ts'
import { platformError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { closeRunAsFailed, closeRunAsGood, ensureRun, lockOpenRun } from './discovery.queries.ts'
import { discoveryError, endedWithout } from './discovery.ts'
import { type SeenOrganization, upsertSeenOrganizations } from './external-organizations.queries.ts'

const maxPageLength = 10_000
const maxMetadataBytes = 32 * 1024
const maxNameChars = 200
const notInName = /[\p{Cc}\p{Cs}]+/gu

const pageArgs = z.object({
  organizations: z
    .array(z.object({ id: z.string(), name: z.string(), metadata: z.record(z.string(), z.unknown()).nullish() }))
    .max(maxPageLength),
  position: z.int().min(0),
})

function invalid(index: number, field: string, problem: string, id?: string) {
  const which = id === undefined ? 'The external organization' : `The external organization ${shownId(id)}`
  return platformError(
    'validation_failed',
    { [`organizations.${index}.${field}`]: [problem] },
    `${which} at place ${index + 1} of a page is not valid: ${field} ${problem}.`,
  )
}

/** Vendors' text is kept, except for what the database has no room for. */
function storable(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed()
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(storable)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [String(storable(key)), storable(item)]))
}

/** One that is too long shows that it was cut. */
function shownName(name: string): string {
  const characters = [...name.replace(notInName, ' ').trim()]
  return characters.length > maxNameChars ? `${characters.slice(0, maxNameChars - 1).join('')}…` : characters.join('')
}

/** A page as it is stored. Where a vendor lists an organization twice, the later entry counts. @throws validation_failed */
function seenOn({ organizations, position }: z.output<typeof pageArgs>): SeenOrganization[] {
  const seen = new Map<string, SeenOrganization>()
  for (const [index, { id, name, metadata }] of organizations.entries()) {
    const idProblem = externalIdProblem(id)
    if (idProblem !== undefined) throw invalid(index, 'id', idProblem)
    const made = toPlainJson(metadata ?? {})
    if ('problem' in made) throw invalid(index, 'metadata', notJsonProblem(made.problem), id)
    const kept = storable(made.json as JsonObject) as JsonObject // an object stays one
    const problem = storageProblem(kept, maxMetadataBytes)
    if (problem !== undefined) throw invalid(index, 'metadata', problem, id)
    seen.set(id, { id, name: shownName(name) || id, metadata: kept, position: position + index })
  }
  return [...seen.values()]
}

export const discoveryRequests: HostRequest[] = [
  defineRequest({
    name: 'storeExternalOrganizations',
    kinds: ['discovery'],
    // Storing a page again changes nothing, so a resumed discovery just lists again.
    isRecorded: false,
    args: pageArgs,
    async handle({ db, execution, progress, withoutSecrets, holdsSecret }, args) {
      const withSecret = args.organizations.findIndex(({ id }) => holdsSecret(id))
      if (withSecret >= 0) throw invalid(withSecret, 'id', 'must not hold a secret that the execution has read')
      // Masked before names are cut.
      const page = seenOn(withoutSecrets(args))
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
  },
}
