import { externalIdProblem, shownId } from '@crosswalk/sdk/external-id'
import { storageProblem } from '@crosswalk/sdk/storable-json'
import { z } from 'zod'
import { defineRequest, type EndHandler, type HostRequest, type RequestContext } from '../engine/state/requests.ts'
import { platformError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { isWithinDepth } from '../protocol/depth.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { closeRunAsFailed, closeRunAsGood, ensureRun, lockOpenRun } from './discovery.queries.ts'
import { discoveryError, endedWithout } from './discovery.ts'
import { type SeenOrganization, upsertSeenOrganizations } from './external-organizations.queries.ts'

const maxPageLength = 10_000
const maxMetadataBytes = 32 * 1024
const maxNameChars = 200
const notInName = /[\p{Cc}\p{Cs}]+/gu
/** What is nested deeper is looked at in detail. */
const usualDepth = 32
/** A page has two levels of its own; the rest says which entry is too deep. */
const maxPageDepth = 200

const pageArgs = z.object({
  /** What `writtenPage` of the protocol makes. */
  organizations: z.string(),
  position: z.int().min(0),
})
const pageEntries = z.array(z.tuple([z.string(), z.string(), z.record(z.string(), z.unknown())])).max(maxPageLength)

type Given = { id: string; name: string; metadata: JsonObject }

function invalid(index: number, field: string, problem: string, id?: string) {
  const which = id === undefined ? 'The external organization' : `The external organization ${shownId(id)}`
  return platformError(
    'validation_failed',
    { [`organizations.${index}.${field}`]: [problem] },
    `${which} at place ${index + 1} of a page is not valid: ${field} ${problem}.`,
  )
}

/** @throws validation_failed */
function readPage(text: string): Given[] {
  const refused = (problem: string) => platformError('validation_failed', { organizations: [problem] }, `A page ${problem}.`)
  if (!isWithinDepth(text, maxPageDepth)) throw refused(`must not be nested more than ${maxPageDepth} deep`)
  let page: unknown
  try {
    page = JSON.parse(text)
  } catch {
    throw refused('must be JSON')
  }
  const parsed = pageEntries.safeParse(page)
  if (!parsed.success) throw refused(`must be a list of at most ${maxPageLength} entries, each with an id, a name and metadata`)
  return parsed.data.map(([id, name, metadata]) => ({ id, name, metadata: metadata as JsonObject })) // it came as JSON
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

/**
 * An entry of a page as it is stored, where nothing in it has to be masked, cut or left out; undefined where something may have to be. Most
 * entries are that, and to find out takes a small part of what it takes to do it.
 */
function plainlyStored(
  { id, name, metadata }: Given,
  mayHoldSecret: (json: string) => boolean,
): Omit<SeenOrganization, 'position'> | undefined {
  if (name.length > maxNameChars || name === '' || name.trim() !== name || name.search(notInName) >= 0) return undefined
  const json = JSON.stringify(metadata)
  // Without escapes there is no NUL and no half of a character in it.
  if (json.includes('\\') || Buffer.byteLength(json) > maxMetadataBytes || !isWithinDepth(json, usualDepth)) return undefined
  return mayHoldSecret(`${JSON.stringify([id, name])}${json}`) ? undefined : { id, name, metadata: json }
}

/** The same for any entry: masked before its name is cut. @throws validation_failed */
function carefullyStored(
  given: Given,
  index: number,
  withoutSecrets: RequestContext['withoutSecrets'],
): Omit<SeenOrganization, 'position'> {
  const { id, name, metadata } = withoutSecrets(given)
  const kept = storable(metadata) as JsonObject // an object stays one
  const problem = storageProblem(kept, maxMetadataBytes)
  if (problem !== undefined) throw invalid(index, 'metadata', problem, id)
  return { id, name: shownName(name) || id, metadata: JSON.stringify(kept) }
}

/** A page as it is stored. Where a vendor lists an organization twice, the later entry counts. @throws validation_failed */
function seenOn(page: Given[], position: number, context: RequestContext): SeenOrganization[] {
  const seen = new Map<string, SeenOrganization>()
  for (const [index, given] of page.entries()) {
    const problem = externalIdProblem(given.id)
    if (problem !== undefined) throw invalid(index, 'id', problem)
    let stored = plainlyStored(given, context.mayHoldSecret)
    if (!stored) {
      if (context.holdsSecret(given.id)) throw invalid(index, 'id', 'must not hold a secret that the execution has read')
      stored = carefullyStored(given, index, context.withoutSecrets)
    }
    seen.set(stored.id, { ...stored, position: position + index })
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
    async handle(context, args) {
      const { db, execution, progress } = context
      const given = readPage(args.organizations)
      const page = seenOn(given, args.position, context)
      const { id: executionId, name: integrationName, organizationId: owner } = execution
      if (!(await upsertSeenOrganizations(db, owner, executionId, page))) {
        await ensureRun(db, { id: newId(), integrationName, owner, executionId })
        if (!(await upsertSeenOrganizations(db, owner, executionId, page))) throw discoveryError('discovery_running')
      }
      progress(args.position + given.length, undefined, 'organizations found')
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
