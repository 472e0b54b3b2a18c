import {
  type AttentionExpiringSecretsItem,
  type AttentionFailedDiscoveriesItem,
  type AttentionMissingCredentialsItem,
  type ListMappingsOfAllAttention,
  type MappingOfAll,
  retryExecutionsOfCause,
  testMappings,
} from '@crosswalk/client'
import { Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { Panel } from '../elements/panel.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { causeOfTests, causeOfWorkflows } from '../parts/causes/cause.ts'
import { CauseItem } from '../parts/causes/cause-item.tsx'
import { paths } from '../paths.ts'
import { attentionKey } from '../queries/attention.ts'
import { recentCauses, testCauses } from '../queries/causes.ts'
import { executionsKey } from '../queries/executions.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { mappingsOfAll } from '../queries/mappings.ts'
import { useGo } from '../url-state.ts'

export const shown = 3

/** One kind of thing that needs attention: how many, the first few, and the way to all of them. */
export function AttentionPanel({ title, count, all, children }: { title: string; count: string; all: string; children: ReactNode }) {
  return (
    <Panel
      title={title}
      actions={
        <Text fz={26} fw={650} lh={1} c="var(--crosswalk-bad)" className="tabular">
          {count}
        </Text>
      }
    >
      <Stack gap="sm">
        {children}
        <AppLink to={all} fz="sm" aria-label={`View all: ${title}`}>
          View all
        </AppLink>
      </Stack>
    </Panel>
  )
}

export function Item({
  link,
  time,
  children,
  details,
}: {
  link: ReactNode
  time?: string | null
  children?: ReactNode
  details?: ReactNode
}) {
  return (
    <div>
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <Text size="sm" fw={600} className="wrap-anywhere" component="div">
          {link}
        </Text>
        {time && (
          <Text size="xs" c="dimmed" component="div">
            <RelativeTime at={time} />
          </Text>
        )}
      </Group>
      {children && (
        <Text size="sm" lineClamp={2} className="wrap-anywhere">
          {children}
        </Text>
      )}
      {details}
    </div>
  )
}

type ByDiscovery = Extract<ListMappingsOfAllAttention, 'gone' | 'renamed'>

const reasonOf: Record<ByDiscovery, (mapping: MappingOfAll) => string> = {
  gone: ({ external_org_name }) => `The vendor does not list ${external_org_name} any more.`,
  renamed: ({ external_org_name, external_renamed_to }) => `${external_org_name} is called ${external_renamed_to} now.`,
}

type MappingsPanelProps = { attention: ByDiscovery; title: string; count: string }

/** Mappings that need the same thing; each leads to where it is mended. */
export function MappingsPanel({ attention, title, count }: MappingsPanelProps) {
  const { data, error, refetch } = useQuery({ ...mappingsOfAll({ attention, limit: shown }), refetchInterval: 30_000 })
  const integrations = useQuery(integrationsFor()).data?.integrations
  return (
    <AttentionPanel title={title} count={count} all={paths.mappings({ attention })}>
      <LoadState query={{ data, error, refetch }} label={`Loading: ${title}`} rows={2} />
      {data?.mappings.map((mapping) => (
        <Item
          key={mapping.id}
          time={attention === 'gone' ? mapping.external_gone_since : null}
          link={
            <AppLink to={paths.organizationMappings(mapping.org_id, { mapping: mapping.id })}>
              {mapping.org_name} in{' '}
              {integrations?.find(({ name }) => name === mapping.integration_name)?.display_name ?? mapping.integration_name}
            </AppLink>
          }
        >
          {reasonOf[attention](mapping)}
        </Item>
      ))}
    </AttentionPanel>
  )
}

/** Mappings whose last test failed, by their causes. */
export function FailingTestsPanel({ count }: { count: string }) {
  const { data, error, refetch } = useQuery(testCauses)
  const go = useGo()
  const testing = useMutation({
    mutationFn: (cause: string) => testMappings({ organizations: 'all', cause }),
    onSuccess: ({ batch_id }) => go(paths.batch(batch_id)),
    onError: (failure) => notifyFailure('The tests were not started', failure),
  })
  return (
    <AttentionPanel title="Failing tests" count={count} all={paths.mappings({ attention: 'failing_test' })}>
      <LoadState query={{ data, error, refetch }} label="Loading: Failing tests" rows={2} />
      {data?.slice(0, shown).map((cause) => (
        <CauseItem
          key={cause.cause}
          cause={causeOfTests(cause)}
          isOfTests
          onRetry={() => testing.mutate(cause.cause)}
          isRetrying={testing.isPending && testing.variables === cause.cause}
        />
      ))}
    </AttentionPanel>
  )
}

/** Workflows that failed and were not tried again, by their causes. */
export function FailedExecutionsPanel({ count }: { count: string }) {
  const { data, error, refetch } = useQuery(recentCauses)
  const queries = useQueryClient()
  const retrying = useMutation({
    mutationFn: (cause: string) => retryExecutionsOfCause({ cause }),
    onSuccess({ retried, refused, is_complete }) {
      const rest = is_complete ? '' : ' The next ones wait: retry these once more.'
      if (retried > 0) notifyDone(`${retried === 1 ? 'One is' : `${retried.toLocaleString()} are`} tried again.${rest}`)
      const [first] = refused
      if (first) notifyFailure(`${refused.length.toLocaleString()} could not be tried again`, new Error(first.message))
    },
    onError: (failure) => notifyFailure('Nothing was retried', failure),
    onSettled: () => Promise.all([executionsKey, attentionKey].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  })
  return (
    <AttentionPanel title="Failed workflows" count={count} all={paths.executions({ attention: 'failed', period: 'day' })}>
      <LoadState query={{ data, error, refetch }} label="Loading: Failed workflows" rows={2} />
      {data?.slice(0, shown).map((cause) => (
        <CauseItem
          key={cause.cause}
          cause={causeOfWorkflows(cause)}
          onRetry={() => retrying.mutate(cause.cause)}
          isRetrying={retrying.isPending && retrying.variables === cause.cause}
        />
      ))}
    </AttentionPanel>
  )
}

/** Integrations that an organization needs a global value for, which is not there. */
export function MissingCredentialsPanel({ integrations }: { integrations: AttentionMissingCredentialsItem[] }) {
  return (
    <AttentionPanel title="Missing credentials" count={integrations.length.toLocaleString()} all={paths.integrations()}>
      {integrations.slice(0, shown).map(({ integration_name, display_name, missing }) => (
        <Item key={integration_name} link={<AppLink to={paths.integration(integration_name)}>{display_name}</AppLink>}>
          It has no global {missing.map(({ label }) => label).join(', ')}.
        </Item>
      ))}
    </AttentionPanel>
  )
}

/** Secrets that expire soon, or have; each leads to where a new value is set. */
export function ExpiringSecretsPanel({ secrets }: { secrets: AttentionExpiringSecretsItem[] }) {
  const pathOf = (orgId: string | null, key?: string) => {
    const query = key === undefined ? {} : { key }
    return orgId === null ? paths.values(query) : paths.organizationValues(orgId, query)
  }
  return (
    <AttentionPanel title="Secrets that expire" count={secrets.length.toLocaleString()} all={pathOf(secrets[0]?.org_id ?? null)}>
      {secrets.slice(0, shown).map(({ key, org_id, org_name, expires_at }) => (
        <Item key={`${org_id} ${key}`} time={expires_at} link={<AppLink to={pathOf(org_id, key)}>{key}</AppLink>}>
          {org_name === null ? 'It applies to all organizations.' : `It is of ${org_name}.`} Get a new one from the vendor and set it.
        </Item>
      ))}
    </AttentionPanel>
  )
}

/** Integrations whose last discovery failed, so that their lists grow old. */
export function FailedDiscoveriesPanel({ discoveries }: { discoveries: AttentionFailedDiscoveriesItem[] }) {
  return (
    <AttentionPanel title="Failed discoveries" count={discoveries.length.toLocaleString()} all={paths.integrations()}>
      {discoveries.slice(0, shown).map(({ integration_name, display_name, failed_at, error, guidance }) => (
        <Item
          key={integration_name}
          time={failed_at}
          link={<AppLink to={paths.integrationHistory(integration_name)}>{display_name}</AppLink>}
        >
          {[error.message, guidance].filter(Boolean).join(' ')}
        </Item>
      ))}
    </AttentionPanel>
  )
}
