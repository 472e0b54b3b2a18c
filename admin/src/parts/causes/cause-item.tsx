import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../../elements/action-button.tsx'
import { AppLink } from '../../elements/app-link.tsx'
import { RelativeTime } from '../../elements/relative-time.tsx'
import { paths } from '../../paths.ts'
import { integrationsFor } from '../../queries/integrations.ts'
import { useGo } from '../../url-state.ts'
import { countedOrganizations } from '../counted.ts'
import type { Cause } from './cause.ts'
import { remedyOf } from './remedy-kind.ts'

/** So many organizations are named at once; the others on demand. */
const maxNamed = 4

/** It may have hit an organization several times. */
function organizationsOf({ hits }: Cause): Cause['hits'] {
  return [...new Map(hits.map((hit) => [hit.orgId, hit])).values()]
}

/** What happened, in a sentence that is true of all of them. */
function sentenceOf(cause: Cause, vendor: string): string {
  const organizations = organizationsOf(cause)
  const [first] = organizations
  const isOne = organizations.length === 1
  // Only the newest are named one by one.
  const more = cause.count > cause.hits.length ? 'More than ' : ''
  const who = isOne ? (first?.label ?? 'One organization') : `${more}${countedOrganizations(organizations.length)}`
  if (cause.code === 'mapping_not_found' && cause.mapping_id === null) return `${who} ${isOne ? 'is' : 'are'} not mapped to ${vendor}.`
  if (cause.code === 'multiple_mappings') return `${who} ${isOne ? 'has' : 'have'} several mappings to ${vendor}.`
  return cause.message === '' ? 'It failed without a message.' : cause.message
}

type CauseItemProps = {
  cause: Cause
  onRetry: () => void
  isRetrying: boolean
  /** Why nothing can be tried again; undefined where it can. */
  retryReason?: string | undefined
  /** Whether they are connection tests, which are made again. */
  isOfTests?: boolean
}

/** One reason why things failed, whom it hit, and what to do about all of them. */
export function CauseItem({ cause, onRetry, isRetrying, retryReason, isOfTests = false }: CauseItemProps) {
  const { integration_name: integration, guidance, count, newest_at } = cause
  const known = useQuery(integrationsFor()).data?.integrations.find(({ name }) => name === integration)
  const vendor = known?.display_name ?? integration ?? ''
  const sentence = sentenceOf(cause, vendor)
  return (
    <Stack gap={6} component="section" aria-label={sentence}>
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <Text size="sm" fw={600} className="wrap-anywhere" lineClamp={3} title={sentence}>
          {sentence}
        </Text>
        <Text size="xs" c="dimmed" component="div" style={{ flexShrink: 0 }}>
          {count > organizationsOf(cause).length && <>{count.toLocaleString()} times, </>}
          <RelativeTime at={newest_at} />
        </Text>
      </Group>
      {guidance && !sentence.includes(guidance) && <Text size="sm">{guidance}</Text>}
      <Organizations cause={cause} />
      {cause.workflows && cause.workflows.length > 0 && (
        <Text size="xs" c="dimmed" className="wrap-anywhere" lineClamp={2}>
          In {cause.workflows.join(', ')}
        </Text>
      )}
      <Group gap="xs">
        <Remedy cause={cause} vendor={vendor} />
        <ActionButton size="compact-sm" variant="default" loading={isRetrying} reason={retryReason} onClick={onRetry}>
          {isOfTests ? (count === 1 ? 'Test it again' : 'Test these again') : count === 1 ? 'Retry it' : 'Retry these'}
        </ActionButton>
      </Group>
    </Stack>
  )
}

function Organizations({ cause }: { cause: Cause }) {
  const [isWhole, setWhole] = useState(false)
  const all = organizationsOf(cause)
  const shown = isWhole ? all : all.slice(0, maxNamed)
  return (
    <Text size="sm" component="div" className="wrap-anywhere">
      {shown.map(({ key, to, label }, index) => (
        <span key={key}>
          {index > 0 && ', '}
          <AppLink to={to}>{label}</AppLink>
        </span>
      ))}
      {shown.length < all.length && (
        <>
          {' and '}
          <Button size="compact-xs" variant="default" onClick={() => setWhole(true)}>
            {(all.length - shown.length).toLocaleString()} more
          </Button>
        </>
      )}
    </Text>
  )
}

/** The way to where it is mended, for all of them at once where they are several. */
function Remedy({ cause, vendor }: { cause: Cause; vendor: string }) {
  const go = useGo()
  const { code, failure_kind: failureKind, integration_name: integrationName } = cause
  const remedy = remedyOf({ code, failureKind, integrationName, mappingId: cause.mapping_id })
  const ids = organizationsOf(cause).flatMap(({ orgId }) => (orgId === null ? [] : [orgId]))
  const [first, second] = ids
  if (remedy === undefined || first === undefined) return null
  const name = integrationName ?? ''
  const offers = {
    map: {
      label: second === undefined ? `Map it to ${vendor}` : 'Map these',
      to:
        second === undefined
          ? paths.organizationMappings(first, { mapping: 'new', integration: name })
          : paths.integrationMatch(name, { only: ids.join(',') }),
    },
    'choose-mapping': { label: 'Open the mappings', to: paths.mappings({ integration: name, ...(second ? {} : { org: first }) }) },
    credentials: { label: `Open the credentials of ${vendor}`, to: paths.integration(name) },
    address: { label: `Open the config of ${vendor}`, to: paths.integration(name) },
    secret: { label: 'Open the secrets', to: second === undefined ? paths.organizationValues(first) : paths.values() },
  }
  const { label, to } = offers[remedy]
  return (
    <Button size="compact-sm" variant={remedy === 'map' ? 'filled' : 'default'} onClick={() => go(to)}>
      {label}
    </Button>
  )
}
