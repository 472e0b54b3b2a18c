import { originsOf, principalsOfPeople } from '../access/callers.ts'
import type { Principal } from '../access/principal.ts'
import { findTaggedOrganizations } from '../organizations/organizations.ts'
import { findPerson, listActivePeople } from '../people/directory.ts'
import type { Database } from '../platform/database/database.ts'
import type { ApprovalHead } from './approval.ts'
import { type Decider, verdictOf } from './verdict.ts'

/** Somebody who asks, with what says who they are for an approval. */
export async function deciderOf(db: Database, principal: Principal): Promise<Decider> {
  const { origins, people } = await originsOf(db, principal)
  const [origin, ...others] = origins
  const person = origin.type === 'person' && others.length === 0 ? await findPerson(db, origin.id) : undefined
  return { principal, origins, people, email: person?.email ?? null }
}

/** A person by name, as somebody who may decide. */
type NamedDecider = Decider & { name: string }

/** Every person who signs in and was granted something, as they are now. */
export async function listDeciders(db: Database): Promise<NamedDecider[]> {
  const findTagged = (tags: readonly string[]) => findTaggedOrganizations(db, tags)
  const [people, principals] = await Promise.all([listActivePeople(db), principalsOfPeople({ db, findTagged }, 'canApprove')])
  return people.flatMap(({ id, name, email }) => {
    const principal = principals.get(id)
    return principal ? [{ principal, origins: [{ type: 'person' as const, id }], people: [principal], email, name }] : []
  })
}

/** So many are named. */
const maxNamed = 5

/** Who may decide now, by name. Keys are not counted: they are for programs, and nobody can be asked by their names. */
export function decidersOf(deciders: readonly NamedDecider[], approval: ApprovalHead): { names: string[]; count: number } {
  const may = deciders.filter((decider) => verdictOf(decider, approval) === 'may')
  return { names: may.slice(0, maxNamed).map(({ name }) => name), count: may.length }
}
