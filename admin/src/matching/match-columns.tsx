import type { Match, MatchCandidatesItemReason } from '@crosswalk/client'
import { Badge, Checkbox, Group, Select, Stack, Text } from '@mantine/core'
import type { DataTableColumn } from 'mantine-datatable'
import { AppLink } from '../elements/app-link.tsx'
import { paths } from '../paths.ts'
import type { MatchChoices } from './use-match-choices.ts'

type LineProps = {
  match: Match
  name: string
  choices: MatchChoices
  /** Why it could not be mapped. */
  conflict: string | undefined
  /** Each mapping needs data, so that it is made by hand. */
  isByHand: boolean
  /** There are boxes to tick. */
  canChoose: boolean
}

const whys: Record<MatchCandidatesItemReason, { label: string; color: string }> = {
  same_reference: { label: 'Same id elsewhere', color: 'green' },
  same_tenant: { label: 'Same tenant', color: 'green' },
  same_domain: { label: 'Same domain', color: 'green' },
  same_name: { label: 'Same name', color: 'green' },
  similar_name: { label: 'Similar name', color: 'gray' },
}

function ChosenBox({ match, choices }: LineProps) {
  const { isChosen } = choices.choiceOf(match)
  return (
    <Checkbox
      aria-label={`Map ${match.org_name}`}
      checked={isChosen}
      onChange={(event) => choices.check(match, event.currentTarget.checked)}
    />
  )
}

function Name({ match: { org_id, org_name, domains } }: LineProps) {
  return (
    <Stack gap={0}>
      <AppLink to={paths.organization(org_id)} fw={600}>
        {org_name}
      </AppLink>
      {domains.length > 0 && (
        <Text size="xs" c="dimmed" className="wrap-anywhere">
          {domains.join(', ')}
        </Text>
      )}
    </Stack>
  )
}

/** One candidate as text, several to choose among; without any the way to a mapping by hand. */
function Proposed(props: LineProps) {
  const { match, choices, conflict, isByHand } = props
  const [only, another] = match.candidates
  return (
    <Stack gap={4}>
      {another && !isByHand ? (
        <Select
          aria-label={`External organization of ${match.org_name}`}
          data={match.candidates.map(({ external_org_id, external_org_name }) => ({
            value: external_org_id,
            label: `${external_org_name} (${external_org_id})`,
          }))}
          value={choices.choiceOf(match).externalOrgId ?? null}
          onChange={(id) => id !== null && choices.choose(match, id)}
          allowDeselect={false}
          maw={420}
        />
      ) : (
        only && <OnlyOne candidate={only} />
      )}
      {(!only || isByHand) && <ByHand {...props} />}
      {conflict && (
        <Text size="sm" c="var(--crosswalk-bad)" className="wrap-anywhere">
          {conflict}
        </Text>
      )}
    </Stack>
  )
}

function OnlyOne({ candidate: { external_org_id, external_org_name } }: { candidate: Match['candidates'][number] }) {
  return (
    <div>
      <Text size="sm" className="wrap-anywhere">
        {external_org_name}
      </Text>
      <Text size="xs" c="dimmed" className="wrap-anywhere">
        {external_org_id}
      </Text>
    </div>
  )
}

function ByHand({ match, name }: LineProps) {
  return (
    <AppLink
      to={paths.organizationMappings(match.org_id, { mapping: 'new', integration: name })}
      fz="sm"
      aria-label={`Map ${match.org_name} by hand`}
    >
      Map by hand
    </AppLink>
  )
}

function Why({ match, choices }: LineProps) {
  const { externalOrgId } = choices.choiceOf(match)
  const candidate = match.candidates.find(({ external_org_id }) => external_org_id === externalOrgId)
  if (!candidate) return null
  const { label, color } = whys[candidate.reason]
  return (
    <Stack gap={2} align="flex-start">
      <Badge variant="light" color={color} tt="none" miw="max-content">
        {label}
      </Badge>
      {candidate.shared !== null && (
        <Text size="xs" c="dimmed" className="wrap-anywhere">
          {candidate.shared}
        </Text>
      )}
    </Stack>
  )
}

export function matchColumns(propsOf: (match: Match) => LineProps, canChoose: boolean): DataTableColumn<Match>[] {
  return [
    ...(canChoose ? [{ accessor: 'chosen', title: 'Map', width: 64, render: (match: Match) => <ChosenBox {...propsOf(match)} /> }] : []),
    { accessor: 'org_name', title: 'Organization', render: (match) => <Name {...propsOf(match)} /> },
    { accessor: 'candidates', title: 'External organization', width: '45%', render: (match) => <Proposed {...propsOf(match)} /> },
    { accessor: 'reason', title: 'Why', width: 140, render: (match) => <Why {...propsOf(match)} /> },
  ]
}

/** A match as a phone shows it. */
export function MatchCard(props: LineProps) {
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      {props.canChoose && <ChosenBox {...props} />}
      <Stack gap={6} style={{ flexGrow: 1, minWidth: 0 }}>
        <Group justify="space-between" gap="xs">
          <Name {...props} />
          <Why {...props} />
        </Group>
        <Proposed {...props} />
      </Stack>
    </Group>
  )
}
