import type { Integration } from '@crosswalk/client'
import { SegmentedControl, Stack, Text } from '@mantine/core'
import { IconWorldSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { Loading } from '../elements/loading.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { useIsNarrow } from '../elements/use-narrow.ts'
import { DiscoverNow } from '../parts/discovery/discover-now.tsx'
import { NotForYou } from '../parts/grants/not-for-you.tsx'
import { useMayAsk } from '../parts/grants/use-may.ts'
import { integrationOf } from '../queries/integrations.ts'
import { matchesOf } from '../queries/matches.ts'
import { useUrlState } from '../url-state.ts'
import { AddOrganizations } from './add-organizations.tsx'
import { MappedNotice } from './mapped-notice.tsx'
import { MatchOrganizations } from './match-organizations.tsx'
import { useMapped } from './use-mapped.ts'

/** Many mappings at once: of the organizations that there are, or of new ones that are made of external organizations. */
export function MatchTab() {
  const { name = '' } = useParams({ strict: false })
  const integration = useQuery(integrationOf(name)).data
  // The layout has loaded it.
  return integration ? <Match key={name} integration={integration} /> : <Loading label="Loading the integration" />
}

function Match({ integration }: { integration: Integration }) {
  const { name, display_name: vendor } = integration
  const { may, lack } = useMayAsk('canManageMappings', null, { integration: name })
  const [url, change] = useUrlState({ view: 'match' })
  const [mapped, setMapped] = useMapped(name)
  const { data, error, refetch, isFetching } = useQuery({ ...matchesOf(name), enabled: may })
  const isNarrow = useIsNarrow()
  const View = url.view === 'add' ? AddOrganizations : MatchOrganizations
  return (
    <Stack>
      <SegmentedControl
        aria-label="What to map"
        orientation={isNarrow ? 'vertical' : 'horizontal'}
        fullWidth={isNarrow}
        style={{ alignSelf: isNarrow ? 'stretch' : 'flex-start' }}
        data={[
          { value: 'match', label: 'Match organizations' },
          { value: 'add', label: 'Add as organizations' },
        ]}
        value={url.view}
        onChange={(view) => change({ view })}
      />
      <DiscoverNow name={name} orgId={undefined} hasListBelow={Boolean(data?.discoveredAt)} />
      {data?.discoveredAt && (
        <Text size="sm" c="dimmed">
          Compared with what {vendor} listed <RelativeTime at={data.discoveredAt} />
          {data.isStale && ', which is out of date'}.
        </Text>
      )}
      {mapped && <MappedNotice name={name} mapped={mapped} onChange={setMapped} />}
      {lack === undefined ? (
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label="Looking for matches"
          failed="The matches could not be loaded"
          stale="The list may be out of date"
        />
      ) : (
        <NotForYou lack={lack} />
      )}
      {data && data.discoveredAt === null && (
        <EmptyState icon={<IconWorldSearch />} title="Nothing was discovered yet">
          Discover with the global credentials first: then {vendor} says which organizations it has, and each is compared with yours.
        </EmptyState>
      )}
      {data && data.discoveredAt !== null && <View integration={integration} found={data} onMapped={setMapped} />}
    </Stack>
  )
}
