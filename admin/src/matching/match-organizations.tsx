import type { Integration, Match } from '@crosswalk/client'
import { Alert, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { EmptyState } from '../elements/empty-state.tsx'
import { hasText } from '../elements/plain-text.ts'
import { RecordsTable } from '../elements/records-table.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { countedOrganizations } from '../parts/counted.ts'
import { useUrlState } from '../url-state.ts'
import { LocalPages, useLocalPages } from './local-pages.tsx'
import { MatchCard, matchColumns } from './match-columns.tsx'
import { RefusalNotice } from './refusal-notice.tsx'
import { requiredData } from './required-data.ts'
import { SelectionBar } from './selection-bar.tsx'
import { useManyMappings } from './use-many-mappings.ts'
import type { Mapped } from './use-mapped.ts'
import { useMatchChoices } from './use-match-choices.ts'

export type Found = { matches: Match[]; isComplete: boolean }
type Props = { integration: Integration; found: Found; onMapped: (mapped: Mapped) => void }

function fits({ org_name, domains }: Match, text: string): boolean {
  return [org_name, ...domains].some((word) => hasText(word, text))
}

/** The organizations that are not mapped, or those of them that a link is about. */
export function MatchOrganizations({ found, ...props }: Props) {
  const [{ only }, change] = useUrlState({ only: '' })
  const { display_name: vendor } = props.integration
  if (only === '') return <Matches found={found} {...props} />
  const ids = new Set(only.split(','))
  const matches = found.matches.filter(({ org_id }) => ids.has(org_id))
  const showAll = (
    <Button size="compact-sm" variant="default" onClick={() => change({ only: '' })}>
      Show all {found.matches.length.toLocaleString()}
    </Button>
  )
  if (matches.length === 0) {
    return (
      <EmptyState
        icon={<IconCircleCheck />}
        title={`These organizations are mapped to ${vendor}`}
        action={found.matches.length > 0 && showAll}
      >
        What failed without a mapping can be tried again.
      </EmptyState>
    )
  }
  return (
    <>
      <Group gap="sm" role="status">
        <Text size="sm">Only the {countedOrganizations(matches.length)} that failed without a mapping.</Text>
        {matches.length < found.matches.length && showAll}
      </Group>
      <Matches isNarrowed found={{ ...found, matches }} {...props} />
    </>
  )
}

/** What each organization is likely to be: exact matches are chosen, and all of the chosen are mapped at once. */
function Matches({ integration, found: { matches, isComplete }, onMapped, isNarrowed = false }: Props & { isNarrowed?: boolean }) {
  const { name, display_name: vendor } = integration
  // Where a link names some, they are to be seen, whatever they are.
  const hasLikely = !isNarrowed || matches.some(({ candidates }) => candidates.length > 0)
  const [url, change] = useUrlState({ q: '', show: hasLikely ? 'likely' : 'unlikely' })
  const choices = useMatchChoices(matches, integration.shared_external_orgs)
  const { save, isSaving, refusal, forgetRefusal } = useManyMappings(name, onMapped)
  const conflictOf = ({ org_id }: Match) => refusal?.conflicts.get(org_id)
  const likely = matches.filter(({ candidates }) => candidates.length > 0)
  const isUnlikely = url.show === 'unlikely'
  const ofKind = isUnlikely ? matches.filter(({ candidates }) => candidates.length === 0) : likely
  const searched = url.q === '' ? ofKind : ofKind.filter((match) => fits(match, url.q))
  // What is in the way is to be seen at once, on whichever page it would be.
  const shown = refusal ? [...searched.filter(conflictOf), ...searched.filter((match) => !conflictOf(match))] : searched
  const { visible, ...pages } = useLocalPages(shown, refusal ?? `${url.show} ${url.q}`)
  const needed = requiredData(integration)
  const isByHand = needed.length > 0
  // What is likely to be nothing is mapped by hand too.
  const canChoose = !isByHand && !isUnlikely
  const selectable = choices.selectable(searched)
  if (matches.length === 0) {
    return (
      <EmptyState icon={<IconCircleCheck />} title="Every organization is mapped">
        Organizations that {vendor} has and you do not are under “Add as organizations”.
      </EmptyState>
    )
  }
  const lines = () =>
    choices.chosen.map((match) => {
      const { externalOrgId = '', externalOrgName } = choices.choiceOf(match) // what is chosen has a candidate
      return { key: match.org_id, mapping: { org_id: match.org_id, external_org_id: externalOrgId, external_org_name: externalOrgName } }
    })
  const propsOf = (match: Match) => ({ match, name, choices, conflict: conflictOf(match), isByHand, canChoose })
  const count = choices.chosen.length
  return (
    <Stack>
      <Group>
        <SearchBox label="Search by name or domain" value={url.q} onSearch={(q) => change({ q })} w={260} />
        <SegmentedControl
          aria-label="Which organizations"
          data={[
            { value: 'likely', label: `With a likely match (${likely.length.toLocaleString()})` },
            { value: 'unlikely', label: `Without (${(matches.length - likely.length).toLocaleString()})` },
          ]}
          value={url.show}
          onChange={(show) => change({ show })}
        />
      </Group>
      {isByHand && (
        <Alert color="orange" variant="light" title={`Each mapping of ${vendor} needs data of its own`}>
          {needed.join(', ')}: to be entered for each organization. The links lead to where that is done.
        </Alert>
      )}
      {!isComplete && (
        <Alert color="orange" variant="light">
          These are the first {matches.length.toLocaleString()} organizations. Once they are mapped, the next ones come.
        </Alert>
      )}
      {shown.length === 0 ? (
        <Text c="dimmed">
          {url.q !== ''
            ? 'No organization fits the search.'
            : isUnlikely
              ? 'Every organization has a likely match.'
              : 'No organization has a likely match.'}
        </Text>
      ) : (
        <RecordsTable
          caption="Organizations and their likely matches"
          records={visible}
          columns={matchColumns(propsOf, canChoose)}
          idOf={({ org_id }) => org_id}
          card={(match) => <MatchCard {...propsOf(match)} />}
        />
      )}
      <LocalPages {...pages} />
      {refusal && (
        <RefusalNotice
          refusal={refusal}
          onLeaveOut={() => {
            choices.leaveOut(matches.filter(conflictOf))
            forgetRefusal()
          }}
        />
      )}
      {canChoose && likely.length > 0 && (
        <SelectionBar
          count={count}
          action={count === 0 ? 'Map organizations' : `Map ${countedOrganizations(count)}`}
          onAct={() => save(lines())}
          isActing={isSaving}
          reason={count === 0 ? 'Choose an organization first.' : undefined}
        >
          <Button size="compact-sm" variant="default" disabled={selectable.length === 0} onClick={() => choices.select(selectable)}>
            Select all {selectable.length.toLocaleString()}
          </Button>
          <Button size="compact-sm" variant="default" onClick={choices.reset}>
            Exact matches only
          </Button>
          <Button size="compact-sm" variant="default" disabled={count === 0} onClick={() => choices.leaveOut(choices.chosen)}>
            Clear
          </Button>
        </SelectionBar>
      )}
    </Stack>
  )
}
