import type { Approval } from '@crosswalk/client'

const listed = (items: readonly string[], word: 'and' | 'or') =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`

/** Whom the workflow asks: "ann@msp.example, those with the role engineer or users of Acme". */
export function askedWords({ approvers, org_name }: Pick<Approval, 'approvers' | 'org_name'>): string {
  if (approvers === null) return 'Everybody who may approve for this organization'
  const roles = approvers.roles.map((role) => `those with the role ${role}`)
  return listed([...approvers.people, ...roles, ...(approvers.customer ? [`users of ${org_name ?? 'the organization'}`] : [])], 'or')
}

/** Who may decide now: "Ann, Ben and 3 others". Undefined where that is not told. */
export function deciderWords({ deciders, you_may }: Pick<Approval, 'deciders' | 'you_may'>): string | undefined {
  if (deciders === null) return undefined
  const { names, count } = deciders
  // People are named; a key may decide as well.
  if (count === 0 && you_may === 'decide') return 'You'
  if (count === 0) return 'No person at the moment. Give one of those who are asked the permission to approve, or cancel the execution.'
  const others = count - names.length
  return listed(others > 0 ? [...names, others === 1 ? 'one other' : `${others.toLocaleString()} others`] : names, 'and')
}
