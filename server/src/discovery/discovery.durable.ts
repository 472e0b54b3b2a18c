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
import { upsertSeenOrganizations, writtenOrganization } from './external-organizations.queries.ts'

const maxPageLength = 10_000
const maxMetadataBytes = 32 * 1024
/** In UTF-8, of what is one place in JavaScript. */
const maxBytesOfChar = 3
const maxNameChars = 200
const notInName = /[\p{Cc}\p{Cs}]+/gu
/** What is nested deeper is looked at in detail. */
const usualDepth = 32
/** Those of a page itself. */
const pageLevels = 2
/** Which entry is too deep is said of what is within this. */
const maxPageDepth = 200

const pageArgs = z.object({
  /** What `writtenPage` of the protocol makes. */
  organizations: z.string(),
  position: z.int().min(0),
})
type Entry = [id: string, name: string, metadata: JsonObject]

type Given = { id: string; name: string; metadata: JsonObject }

function invalid(index: number, field: string, problem: string, id?: string) {
  const which = id === undefined ? 'The external organization' : `The external organization ${shownId(id)}`
  return platformError(
    'validation_failed',
    { [`organizations.${index}.${field}`]: [problem] },
    `${which} at place ${index + 1} of a page is not valid: ${field} ${problem}.`,
  )
}

/** A schema would make each of ten thousand entries once more. */
function isPage(value: unknown): value is Entry[] {
  return (
    Array.isArray(value) &&
    value.length <= maxPageLength &&
    value.every(
      (entry) =>
        Array.isArray(entry) && entry.length === 3 && typeof entry[0] === 'string' && typeof entry[1] === 'string' && isObject(entry[2]),
    )
  )
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws validation_failed */
function readPage(text: string): { page: Given[]; isShallow: boolean } {
  const refused = (problem: string) => platformError('validation_failed', { organizations: [problem] }, `A page ${problem}.`)
  const isShallow = isWithinDepth(text, usualDepth + pageLevels)
  if (!isShallow && !isWithinDepth(text, maxPageDepth)) throw refused(`must not be nested more than ${maxPageDepth} deep`)
  let page: unknown
  try {
    page = JSON.parse(text)
  } catch {
    throw refused('must be JSON')
  }
  if (!isPage(page)) throw refused(`must be a list of at most ${maxPageLength} entries, each with an id, a name and metadata`)
  return { page: page.map(([id, name, metadata]) => ({ id, name, metadata })), isShallow }
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
 * An entry of a page as it is stored, where nothing in it has to be cut or left out; undefined where something may have to be. Most entries are
 * that, and to find out takes a small part of what it takes to do it.
 */
function plainlyWritten({ id, name, metadata }: Given, position: number, isShallow: boolean): string | undefined {
  if (name.length > maxNameChars || name === '' || name.trim() !== name || name.search(notInName) >= 0) return undefined
  const json = JSON.stringify(metadata)
  if (json.length * maxBytesOfChar > maxMetadataBytes && Buffer.byteLength(json) > maxMetadataBytes) return undefined
  if (!isShallow && !isWithinDepth(json, usualDepth)) return undefined
  const written = writtenOrganization({ id, name, metadata: json, position })
  // Without escapes there is no NUL and no half of a character in it. An ellipsis may say that a secret was cut.
  return written.includes('\\') || written.includes('…') ? undefined : written
}

/** The same for any entry: masked before its name is cut. @throws validation_failed */
function carefullyWritten(given: Given, { index, position, context }: { index: number; position: number; context: RequestContext }) {
  if (context.holdsSecret(given.id)) throw invalid(index, 'id', 'must not hold a secret that the execution has read')
  const { id, name, metadata } = context.withoutSecrets(given)
  const kept = storable(metadata) as JsonObject // an object stays one
  const problem = storageProblem(kept, maxMetadataBytes)
  if (problem !== undefined) throw invalid(index, 'metadata', problem, id)
  return { id, written: writtenOrganization({ id, name: shownName(name) || id, metadata: JSON.stringify(kept), position }) }
}

/** A page as it is stored. Where a vendor lists an organization twice, the later entry counts. @throws validation_failed */
function seenOn(text: string, position: number, context: RequestContext): { count: number; written: string[] } {
  const { page, isShallow } = readPage(text)
  const plain = page.map((given, index) => {
    const problem = externalIdProblem(given.id)
    if (problem !== undefined) throw invalid(index, 'id', problem)
    return plainlyWritten(given, position + index, isShallow)
  })
  // Of a page that is free of secrets each entry is.
  const mayHoldSecret = context.mayHoldSecret(plain.filter((written) => written !== undefined).join(','))
  const seen = new Map<string, string>()
  for (const [index, given] of page.entries()) {
    const written = plain[index]
    if (written !== undefined && !(mayHoldSecret && context.mayHoldSecret(written))) seen.set(given.id, written)
    else {
      const careful = carefullyWritten(given, { index, position: position + index, context })
      seen.set(careful.id, careful.written)
    }
  }
  return { count: page.length, written: [...seen.values()] }
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
      const { count, written } = seenOn(args.organizations, args.position, context)
      const { id: executionId, name: integrationName, organizationId: owner } = execution
      if (!(await upsertSeenOrganizations(db, owner, executionId, written))) {
        await ensureRun(db, { id: newId(), integrationName, owner, executionId })
        if (!(await upsertSeenOrganizations(db, owner, executionId, written))) throw discoveryError('discovery_running')
      }
      progress(args.position + count, undefined, 'organizations found')
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
