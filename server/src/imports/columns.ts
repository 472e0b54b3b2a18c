import { z } from 'zod'
import type { OrganizationField } from '../organizations/organization-field.ts'

/** What a column is read as. Empty: it is left out. */
export type ColumnTarget = '' | 'id' | 'name' | 'domains' | 'tenant_id' | 'tags' | `field:${string}` | `external:${string}`

const plainTargets = ['', 'id', 'name', 'domains', 'tenant_id', 'tags'] as const
const namedTarget = /^(field|external):[a-z][a-z0-9_]{0,49}$/

export const columnTarget = z
  .custom<ColumnTarget>(
    (value) => typeof value === 'string' && ((plainTargets as readonly string[]).includes(value) || namedTarget.test(value)),
    'must be id, name, domains, tenant_id, tags, field:<name>, external:<integration> or empty',
  )
  .meta({ type: 'string' })

const spellings: Record<Exclude<(typeof plainTargets)[number], ''>, readonly string[]> = {
  id: ['id', 'orgid', 'organizationid', 'crosswalkid'],
  name: [
    'name',
    'organization',
    'organisation',
    'customer',
    'company',
    'client',
    'organizationname',
    'customername',
    'companyname',
    'clientname',
  ],
  domains: ['domain', 'domains', 'website', 'websites'],
  tenant_id: ['tenantid', 'tenant', 'microsoft365tenantid', 'm365tenantid', 'entratenantid'],
  tags: ['tag', 'tags'],
}

const plain = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')

/** What each column is likely to be, by its heading. Each target is taken once. */
export function guessColumns(
  header: readonly string[],
  fields: readonly OrganizationField[],
  integrations: readonly { name: string; displayName: string }[],
): ColumnTarget[] {
  const known: [ColumnTarget, readonly string[]][] = [
    ...(Object.entries(spellings) as [ColumnTarget, readonly string[]][]), // the record's own keys
    ...fields.map(({ name, label }): [ColumnTarget, string[]] => [`field:${name}`, [plain(name), plain(label), plain(`field${name}`)]]),
    ...integrations.map(({ name, displayName }): [ColumnTarget, string[]] => [
      `external:${name}`,
      [name, displayName, `${name} id`, `${displayName} id`, `external ${name}`].map(plain),
    ]),
  ]
  const taken = new Set<ColumnTarget>()
  return header.map((heading) => {
    const found = known.find(([target, words]) => !taken.has(target) && words.includes(plain(heading)))?.[0] ?? ''
    if (found !== '') taken.add(found)
    return found
  })
}
