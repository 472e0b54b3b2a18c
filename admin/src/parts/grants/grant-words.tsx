import type { Grant } from '@crosswalk/client'
import { Stack, Text } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { organizationOf } from '../../queries/organizations.ts'

const maxNamed = 3

const idsOf = ({ reach }: Grant) => ('organizations' in reach ? reach.organizations : 'all_but' in reach ? reach.all_but : [])

function listOf(names: string[], count: number): string {
  return count > names.length ? `${names.join(', ')} and ${count - names.length} more` : names.join(', ')
}

function reachText({ reach }: Grant, nameOf: (id: string) => string): string {
  if ('all' in reach) return 'all organizations'
  if ('tags' in reach) return `those with the ${reach.tags.length === 1 ? 'tag' : 'tags'} ${reach.tags.join(', ')}`
  const ids = 'all_but' in reach ? reach.all_but : reach.organizations
  const names = listOf(ids.slice(0, maxNamed).map(nameOf), ids.length)
  return 'all_but' in reach ? (names === '' ? 'all but some' : `all but ${names}`) : names
}

function limitText({ workflows = [], integrations = [] }: Grant): string {
  const only = [
    ...(workflows.length === 0 ? [] : [`the ${workflows.length === 1 ? 'workflow' : 'workflows'} ${workflows.join(', ')}`]),
    ...(integrations.length === 0 ? [] : [`mappings of ${integrations.join(', ')}`]),
  ]
  return only.length === 0 ? '' : `, only ${only.join(' and ')}`
}

/** Grants as people say them, one a line. */
export function GrantWords({ grants }: { grants: Grant[] }) {
  const ids = [...new Set(grants.flatMap((grant) => idsOf(grant).slice(0, maxNamed)))]
  const known = useQueries({ queries: ids.map((id) => organizationOf(id)) })
  const names = new Map(known.flatMap(({ data }) => (data ? [[data.id, data.name]] : [])))
  return (
    <Stack gap={2}>
      {grants.map((grant) => (
        <Text key={JSON.stringify(grant)} size="sm" className="wrap-anywhere" style={{ whiteSpace: 'normal' }}>
          <Text span inherit fw={600}>
            {grant.role}
          </Text>{' '}
          for {reachText(grant, (id) => names.get(id) ?? 'an organization')}
          {limitText(grant)}
        </Text>
      ))}
    </Stack>
  )
}
