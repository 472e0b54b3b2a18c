import type { Grant } from '@crosswalk/client'

const counted = (count: number, one: string, many: string) => (count === 1 ? `one ${one}` : `${count} ${many}`)

/** A role as people say it: `customer_user` is "Customer user". */
export function roleWords(role: string): string {
  const text = role.replaceAll('_', ' ')
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** What a grant gives, as a line. */
export function grantWords({ role, reach }: Grant): string {
  return `${roleWords(role)} for ${reachWords(reach)}`
}

function reachWords(reach: Grant['reach']): string {
  if ('all' in reach) return 'all organizations'
  if ('all_but' in reach) return `all organizations but ${reach.all_but.length}`
  if ('tags' in reach) return `organizations with the tag ${reach.tags.join(' or ')}`
  return counted(reach.organizations.length, 'organization', 'organizations')
}
