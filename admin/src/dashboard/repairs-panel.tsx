import { useQuery } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { MappingProblems } from '../parts/mapping-problems.tsx'
import { paths } from '../paths.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { mappingsOfAll } from '../queries/mappings.ts'
import { AttentionPanel, Item, shown } from './attention-panels.tsx'

/** Mappings of which a workflow found that something has to be repaired: one item each, with the way there. */
export function RepairsPanel({ count }: { count: string }) {
  const attention = 'needs_repair'
  const { data, error, refetch } = useQuery({ ...mappingsOfAll({ attention, limit: shown }), refetchInterval: 30_000 })
  const integrations = useQuery(integrationsFor()).data?.integrations
  return (
    <AttentionPanel title="Needs repair" count={count} all={paths.mappings({ attention })}>
      <LoadState query={{ data, error, refetch }} label="Loading: Needs repair" rows={2} />
      {data?.mappings.map((mapping) => (
        <Item
          key={mapping.id}
          time={mapping.needs_repair_since}
          link={
            <AppLink to={paths.organizationMappings(mapping.org_id, { mapping: mapping.id })}>
              {mapping.org_name} in{' '}
              {integrations?.find(({ name }) => name === mapping.integration_name)?.display_name ?? mapping.integration_name}
            </AppLink>
          }
          details={<MappingProblems problems={mapping.problems} />}
        />
      ))}
    </AttentionPanel>
  )
}
