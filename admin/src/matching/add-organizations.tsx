import type { ExternalOrganization, Integration } from '@crosswalk/client'
import { Alert, Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { countedOrganizations } from '../parts/counted.ts'
import { unmappedExternalOf } from '../queries/matches.ts'
import { useUrlState } from '../url-state.ts'
import { LocalPages, useLocalPages } from './local-pages.tsx'
import type { Found } from './match-organizations.tsx'
import { RefusalNotice } from './refusal-notice.tsx'
import { requiredData } from './required-data.ts'
import { SelectionBar } from './selection-bar.tsx'
import { useManyMappings } from './use-many-mappings.ts'
import type { Mapped } from './use-mapped.ts'

type External = Pick<ExternalOrganization, 'id' | 'name' | 'domains'>
type Props = { integration: Integration; found: Found; onMapped: (mapped: Mapped) => void }

/** External organizations that nobody is mapped to and that no organization is likely to be: each can become an organization of its own. */
export function AddOrganizations({ integration, found, onMapped }: Props) {
  const { name, display_name: vendor } = integration
  const [url, change] = useUrlState({ q: '' })
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery(unmappedExternalOf(name, url.q))
  const [chosen, setChosen] = useState<ReadonlyMap<string, External>>(new Map())
  const { save, isSaving, refusal, forgetRefusal } = useManyMappings(name, (mapped) => {
    setChosen(new Map())
    onMapped(mapped)
  })
  const conflictOf = ({ id }: External) => refusal?.conflicts.get(id)
  const wanted = new Set(found.matches.flatMap(({ candidates }) => candidates.map(({ external_org_id }) => external_org_id)))
  const all = data?.items.filter(({ id }) => !wanted.has(id)) ?? []
  const own = ownDomains(data?.items ?? [])
  const shown = refusal ? [...all.filter(conflictOf), ...all.filter((external) => !conflictOf(external))] : all
  const { visible, ...pages } = useLocalPages(shown, refusal ?? url.q)
  const needed = requiredData(integration)
  const state = (
    <LoadState
      query={{ data, error, refetch, isFetching }}
      label="Loading external organizations"
      failed="The external organizations could not be loaded"
      stale="The list may be out of date"
    />
  )
  if (!data) return state
  if (needed.length > 0) {
    return (
      <Alert color="orange" variant="light" title={`Each mapping of ${vendor} needs data of its own`}>
        {needed.join(', ')}: to be entered for each organization. Add the organizations first, then map each of them.
      </Alert>
    )
  }
  if (all.length === 0 && url.q === '') return <NothingToAdd vendor={vendor} isWanted={wanted.size > 0} />
  const put = (externals: readonly External[], isChosen: boolean) =>
    setChosen((before) => {
      const after = new Map(before)
      for (const external of externals) {
        if (isChosen) after.set(external.id, { ...external, domains: own(external) })
        else after.delete(external.id)
      }
      return after
    })
  const box = (external: External) => (
    <Checkbox
      aria-label={`Add ${external.name}`}
      checked={chosen.has(external.id)}
      onChange={(event) => put([external], event.currentTarget.checked)}
    />
  )
  const lines = () =>
    [...chosen.values()].map((external) => ({
      key: external.id,
      mapping: {
        new_organization: { name: external.name, domains: external.domains },
        external_org_id: external.id,
        external_org_name: external.name,
      },
    }))
  return (
    <Stack>
      <Group>
        <SearchBox label="Search by name or id" value={url.q} onSearch={(q) => change({ q })} w={260} />
        <Text size="sm" c="dimmed">
          What {vendor} has, and no organization here is mapped to or likely to be.
        </Text>
      </Group>
      {state}
      {!data.isComplete && (
        <Alert color="orange" variant="light">
          These are the first {data.items.length.toLocaleString()}. Search to find the others.
        </Alert>
      )}
      <RecordsTable
        caption="External organizations that can be added"
        records={visible}
        isRefreshing={isPlaceholderData}
        idOf={({ id }) => id}
        columns={[
          { accessor: 'chosen', title: 'Add', width: 64, render: box },
          {
            accessor: 'name',
            title: 'External organization',
            render: (external) => <Name external={external} conflict={conflictOf(external)} />,
          },
          { accessor: 'domains', title: 'Domains', render: (external) => <Domains domains={own(external)} /> },
          { accessor: 'id', title: 'Id' },
        ]}
        card={(external) => (
          <Group gap="sm" wrap="nowrap" align="flex-start">
            {box(external)}
            <Stack gap={0}>
              <Name external={external} conflict={conflictOf(external)} />
              <Domains domains={own(external)} />
              <Text size="xs" c="dimmed" className="wrap-anywhere">
                {external.id}
              </Text>
            </Stack>
          </Group>
        )}
      />
      <LocalPages {...pages} />
      {refusal && (
        <RefusalNotice
          refusal={refusal}
          onLeaveOut={() => {
            put([...chosen.values()].filter(conflictOf), false)
            forgetRefusal()
          }}
        />
      )}
      <SelectionBar
        count={chosen.size}
        action={
          chosen.size === 0
            ? 'Add organizations and map them'
            : `Add ${countedOrganizations(chosen.size)} and map ${chosen.size === 1 ? 'it' : 'them'}`
        }
        onAct={() => save(lines())}
        isActing={isSaving}
        reason={chosen.size === 0 ? 'Choose an external organization first.' : undefined}
      >
        <Button size="compact-sm" variant="default" disabled={all.length === 0} onClick={() => put(all, true)}>
          Select all {all.length.toLocaleString()}
        </Button>
        <Button size="compact-sm" variant="default" disabled={chosen.size === 0} onClick={() => setChosen(new Map())}>
          Clear
        </Button>
      </SelectionBar>
    </Stack>
  )
}

/** What an organization can have. */
const maxDomains = 100

/** The domains of an external organization that no other of the list has: a domain of several is perhaps that of the MSP. */
function ownDomains(all: readonly External[]): (external: External) => string[] {
  const counts = new Map<string, number>()
  for (const domain of all.flatMap(({ domains }) => domains)) counts.set(domain, (counts.get(domain) ?? 0) + 1)
  return ({ domains }) => domains.filter((domain) => counts.get(domain) === 1).slice(0, maxDomains)
}

function Domains({ domains }: { domains: string[] }) {
  return (
    <Text size="sm" c="dimmed" className="wrap-anywhere">
      {domains.join(', ')}
    </Text>
  )
}

function Name({ external, conflict }: { external: External; conflict: string | undefined }) {
  return (
    <>
      <Text size="sm" fw={600} className="wrap-anywhere">
        {external.name}
      </Text>
      {conflict && (
        <Text size="sm" c="var(--crosswalk-bad)">
          {conflict}
        </Text>
      )}
    </>
  )
}

function NothingToAdd({ vendor, isWanted }: { vendor: string; isWanted: boolean }) {
  return (
    <EmptyState icon={<IconCircleCheck />} title="There is nothing to add">
      {isWanted
        ? `Everything else in ${vendor} is likely to be one of your organizations. See “Match organizations”.`
        : `Your organizations are mapped to everything that ${vendor} has.`}
    </EmptyState>
  )
}
