import { type JsonObject, ValidationError } from '@crosswalk/sdk'
import { externalIdProblem, numberProblem, shownId } from '@crosswalk/sdk/external-id'
import { notJsonProblem, toPlainJson } from '@crosswalk/sdk/plain-json'
import { readableData, shortened } from '@crosswalk/sdk/readable-data'
import { keptMatch } from './match-fields.ts'

const maxNameChars = 200
const maxMetadataBytes = 32 * 1024
/** A vendor that sends nothing but empty pages, one after another, does not come to an end. */
const maxEmptyPages = 100
const maxShownChars = 200

/** An entry as it is stored; the metadata is an object as JSON text, which nobody has to take apart on the way. */
type ListedOrganization = { id: string; name: string; metadata: string }

/**
 * What a discovery has listed so far. Each id comes once: a list that repeats itself has no end, or was cut into pages while it changed,
 * and then something else may be missing from it. Neither may mark anything as gone.
 */
export class ListedOrganizations {
  readonly #integrationName: string
  /** In which page each id was listed. */
  readonly #pages = new Map<string, number>()
  #page = 0
  #emptyPages = 0

  constructor(integrationName: string) {
    this.#integrationName = integrationName
  }

  /** How many different ones. */
  get count(): number {
    return this.#pages.size
  }

  /**
   * The organizations of the next page, as they are stored.
   *
   * @throws validation_failed naming the entry: an id that is none, a missing name, metadata that is no JSON or too large
   * @throws list_repeated
   */
  take(given: unknown): ListedOrganization[] {
    if (!Array.isArray(given)) throw new TypeError(`${this.#integrationName}.listOrganizations gave a page that is not an array.`)
    this.#page += 1
    this.#emptyPages = given.length === 0 ? this.#emptyPages + 1 : 0
    if (this.#emptyPages > maxEmptyPages) throw this.#repeated(`gave ${this.#emptyPages} empty pages one after another`)
    const page = given.map((entry: unknown, index) => this.#organization(entry, index))
    // Told apart, since they are mended in different places.
    if (page.length > 0 && page.every(({ id }) => this.#pages.has(id))) {
      const earlier = this.#pages.get(page[0]?.id ?? '') ?? 0
      throw this.#repeated(`gave page ${this.#page}, which has nothing that was not in page ${earlier} or another before it`, page[0]?.id)
    }
    for (const { id } of page) {
      const earlier = this.#pages.get(id)
      if (earlier !== undefined) {
        const places = earlier === this.#page ? `twice in page ${earlier}` : `twice, in page ${earlier} and in page ${this.#page}`
        throw this.#repeated(`listed the organization ${shownId(id)} ${places}`, id)
      }
      this.#pages.set(id, this.#page)
    }
    return page
  }

  #repeated(what: string, id?: string): Error {
    const distinct = this.count
    const count = distinct === 1 ? '1 different organization' : `${distinct} different organizations`
    const message = `${this.#integrationName} ${what}${distinct === 0 ? '' : `, after ${count}`}. So the list has no end or is not complete, and it is not taken. See how listOrganizations asks for the next page, and in which order the vendor sorts; leave out what the vendor itself lists more than once.`
    const details = { page: this.#page, distinct_organizations: distinct, ...(id === undefined ? {} : { external_org_id: id }) }
    return Object.assign(new Error(message), { name: 'ListRepeatedError', code: 'list_repeated', details })
  }

  /** Ids become text; what is no id, or a missing name, is the integration's mistake and is named. */
  #organization(entry: unknown, index: number): ListedOrganization {
    const { id: givenId, name, metadata, match } = (entry ?? {}) as { id?: unknown; name?: unknown; metadata?: unknown; match?: unknown }
    const problem = idProblem(givenId) ?? nameProblem(name)
    if (problem) throw this.#invalid(problem, entry, index)
    const id = String(givenId)
    const made = toPlainJson(metadata ?? {})
    if ('problem' in made) throw this.#invalid(`whose metadata ${notJsonProblem(made.problem)}`, entry, index, id)
    if (typeof made.json !== 'object' || made.json === null || Array.isArray(made.json))
      throw this.#invalid('whose metadata is not an object', entry, index, id)
    const found = keptMatch(match)
    if ('problem' in found) throw this.#invalid(`whose ${found.problem}`, entry, index, id)
    const kept: JsonObject = { ...(made.json as JsonObject), ...found.kept } // an object was just seen
    const json = JSON.stringify(kept)
    const bytes = Buffer.byteLength(json)
    if (bytes > maxMetadataBytes) {
      const tooLarge = `whose metadata has ${bytes} bytes as JSON; at most ${maxMetadataBytes} are kept. Leave out what nobody chooses by`
      throw this.#invalid(tooLarge, entry, index, id)
    }
    return { id, name: shownName(name as string), metadata: json } // a name was just seen
  }

  #invalid(problem: string, entry: unknown, index: number, id?: string): ValidationError {
    const which = id === undefined ? '' : ` ${shownId(id)}`
    const place = `entry ${index + 1} of page ${this.#page}${id === undefined ? `: ${shown(entry)}` : ''}`
    return new ValidationError(`${this.#integrationName} listed an organization${which} ${problem} (${place}).`, {
      organizations: [problem],
    })
  }
}

function idProblem(id: unknown): string | undefined {
  if (id === undefined || id === null || id === '') return 'without an id'
  if (typeof id === 'bigint') return undefined
  if (typeof id === 'number') {
    const problem = numberProblem(id)
    return problem && `whose id ${id} ${problem}`
  }
  if (typeof id !== 'string') return 'whose id is neither text nor a number'
  const problem = externalIdProblem(id)
  return problem && `whose id ${problem}`
}

function nameProblem(name: unknown): string | undefined {
  return typeof name === 'string' && name.trim() !== '' ? undefined : 'without a name'
}

/** One that is too long shows that it was cut. */
function shownName(name: string): string {
  const characters = name.length > maxNameChars ? [...name] : []
  return characters.length > maxNameChars ? `${characters.slice(0, maxNameChars - 1).join('')}…` : name
}

function shown(entry: unknown): string {
  return shortened(JSON.stringify(readableData(entry, maxShownChars * 2)), maxShownChars)
}
