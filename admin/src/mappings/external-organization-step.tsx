import type { Integration } from '@crosswalk/client'
import { Alert, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconRefresh, IconWorldSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { likelyMatchesFor } from '../queries/matches.ts'
import { type Discovery, useDiscovery } from '../queries/use-discovery.ts'
import { ChosenOrganization } from './chosen-organization.tsx'
import type { MappingDraft } from './draft.ts'
import { ExternalOrganizationByHand } from './external-organization-by-hand.tsx'
import { ExternalOrganizationList } from './external-organization-list.tsx'
import { useStoredOrganizations } from './stored-organizations.ts'

/** One and the same each time, so that nothing is drawn again for it. */
const none: readonly string[] = []

type StepProps = {
  orgId: string
  integration: Integration
  draft: MappingDraft
  onChange: (change: Partial<MappingDraft>) => void
  idError: string | undefined
  nameError: string | undefined
  /** Why the vendor cannot be asked yet; undefined where it can. */
  obstacle: string | undefined
  /** Where the credentials are set: beside a failure, of which they may be the reason. */
  credentials: ReactNode
  /** How often they were set from here: what failed without them is then asked again. */
  timesCredentialsSet: number
}

/** Chooses the external organization: from what discovery lists, or by hand. */
export function ExternalOrganizationStep(props: StepProps) {
  const { integration, draft } = props
  const [isByHand, setByHand] = useState(!integration.supports_discovery || draft.externalOrgId !== '')
  return (
    <Stack gap="sm">
      {integration.supports_discovery ? (
        <SegmentedControl
          aria-label="How to choose the external organization"
          data={[
            { value: 'list', label: 'Choose from a list' },
            { value: 'hand', label: 'Enter the id by hand' },
          ]}
          value={isByHand ? 'hand' : 'list'}
          onChange={(way) => setByHand(way === 'hand')}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {integration.display_name} cannot list its organizations, so the id is entered by hand.
        </Text>
      )}
      {isByHand ? <ExternalOrganizationByHand {...props} /> : <FromList {...props} />}
    </Stack>
  )
}

function FromList({ orgId, integration, draft, onChange, idError, obstacle, credentials, timesCredentialsSet }: StepProps) {
  const discovery = useDiscovery(integration.name, orgId)
  const { list, error, isRunning, discover } = discovery
  const hasAsked = useRef(false)
  const ask = () => {
    hasAsked.current = true
    discover()
  }
  const askAgain = useRef(() => {})
  askAgain.current = () => {
    if (error) discover({ refresh: true })
  }
  useEffect(() => {
    if (timesCredentialsSet > 0) askAgain.current()
  }, [timesCredentialsSet])
  const stored = useStoredOrganizations(integration, orgId, list !== undefined && !isRunning)
  const matches = useQuery({ ...likelyMatchesFor(integration.name, orgId), enabled: list !== undefined && !isRunning }).data
  const likely = useMemo(() => matches?.map(({ external_org_id }) => external_org_id) ?? none, [matches])
  const mapped = stored.get(draft.externalOrgId)?.mapped
  const isTaken = mapped && mapped.org_id !== orgId && !integration.shared_external_orgs
  return (
    <>
      {!list && (isRunning || !error) && (
        <Group>
          <ActionButton leftSection={<IconWorldSearch size={16} />} onClick={ask} loading={isRunning} reason={obstacle}>
            Discover Organizations
          </ActionButton>
          {!isRunning && (
            <Text size="sm" c="dimmed">
              {obstacle ?? `Loads the list of organizations from ${integration.display_name}.`}
            </Text>
          )}
        </Group>
      )}
      <Progress discovery={discovery} vendor={integration.display_name} />
      {error !== null && error !== undefined && !isRunning && (
        <ErrorNotice
          error={error}
          title={`Could not reach ${integration.display_name}`}
          onRetry={() => discover({ refresh: true })}
          actions={obstacle === undefined && credentials}
        />
      )}
      {list && (
        <>
          {list.last_error && !error && (
            <Alert color="orange" variant="light" title={`Could not reach ${integration.display_name}`} role="alert">
              <Text size="sm">
                {list.last_error.message} (<RelativeTime at={list.last_error.at} />) This is the last good list.
              </Text>
            </Alert>
          )}
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              List from <RelativeTime at={list.cached_at} />
              {list.stale && ', out of date'}
            </Text>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRefresh size={14} />}
              loading={isRunning}
              onClick={() => discover({ refresh: true })}
            >
              Refresh
            </Button>
          </Group>
          <ExternalOrganizationList
            choices={list.organizations}
            chosenId={draft.externalOrgId}
            stored={stored}
            likely={likely}
            orgId={orgId}
            takesFocus={hasAsked.current}
            onChoose={({ id, name }) => onChange({ externalOrgId: id, externalOrgName: name.slice(0, 200) })}
          />
        </>
      )}
      {draft.externalOrgId !== '' && <ChosenOrganization draft={draft} idError={idError} holder={isTaken ? mapped : undefined} />}
    </>
  )
}

function Progress({ discovery: { isRunning, seenSoFar }, vendor }: { discovery: Discovery; vendor: string }) {
  if (!isRunning) return null
  return (
    <Text size="sm" role="status">
      {seenSoFar === undefined ? `Contacting ${vendor}…` : `${seenSoFar.toLocaleString()} so far…`}
    </Text>
  )
}
