import { type ConnectionLink, type Integration, type RevokedConnection, revokeConnection, type VendorConnection } from '@crosswalk/client'
import { Badge, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone, notifyFailure, notifyUnfinished } from '../elements/notify.tsx'
import { Panel } from '../elements/panel.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { OrganizationSelect } from '../parts/pickers/organization-select.tsx'
import { connectionsKey, connectionsOf, openLinksOf } from '../queries/connections.ts'
import { integrationsKey } from '../queries/integrations.ts'
import { ConnectButtons } from './connect-buttons.tsx'
import { OwnerName } from './connection-owner.tsx'
import { MappingConnection } from './mapping-connection.tsx'
import { OpenLinks } from './open-links.tsx'

type Declared = Integration['connections'][number]

/** What people have connected at the vendor: for all, or for each organization or mapping, as the integration declares it. */
export function ConnectionsPanel({ integration }: { integration: Integration }) {
  const query = useQuery(connectionsOf(integration.name))
  const links = useQuery(openLinksOf(integration.name))
  return (
    <Panel title="Connections" description="What a person connects at the vendor. Tokens are renewed by themselves, and never shown.">
      {query.data ? (
        <Stack gap="lg">
          {integration.connections.map((declared) => (
            <DeclaredConnection
              key={declared.name}
              integration={integration}
              declared={declared}
              connections={query.data.filter(({ name }) => name === declared.name)}
              links={links.data?.filter(({ name }) => name === declared.name) ?? []}
            />
          ))}
        </Stack>
      ) : (
        <LoadState query={query} label="Loading connections" failed="The connections could not be loaded" />
      )}
    </Panel>
  )
}

type DeclaredProps = { integration: Integration; declared: Declared; connections: VendorConnection[]; links: ConnectionLink[] }

function DeclaredConnection({ integration, declared, connections, links }: DeclaredProps) {
  const [orgId, setOrgId] = useState('')
  const isGlobal = declared.owner === 'global'
  return (
    <Stack gap="sm">
      <Text fw={600}>{declared.label}</Text>
      {connections.map((connection) => (
        <Connected
          key={connection.id}
          integration={integration}
          connection={connection}
          isRevokedAtVendor={declared.is_revoked_at_vendor}
        />
      ))}
      {isGlobal && connections.length === 0 && (
        <Group justify="space-between">
          <Text size="sm">Not connected</Text>
          <ConnectButtons integration={integration} name={declared.name} whose={{ org_id: null, mapping_id: null }} isAgain={false} />
        </Group>
      )}
      {declared.owner === 'organization' && (
        <Group align="flex-end" gap="sm">
          <OrganizationSelect label="Connect an organization" value={orgId} onChange={setOrgId} />
          <ConnectButtons
            integration={integration}
            name={declared.name}
            whose={{ org_id: orgId || null, mapping_id: null }}
            isAgain={false}
            reason={orgId === '' ? 'Choose an organization first.' : undefined}
          />
        </Group>
      )}
      {declared.owner === 'mapping' && <MappingConnection integration={integration} name={declared.name} />}
      <OpenLinks links={links} />
    </Stack>
  )
}

/** Whether the consent has ended at the vendor, too. Where it has not, it is said until somebody closes it. */
function tellRevoked(revoked: RevokedConnection | undefined): void {
  const at = revoked?.at_vendor
  if (at === undefined) notifyDone('The connection was revoked. End the consent at the vendor, too.')
  else if (at.outcome === 'revoked') notifyDone(`The connection was revoked. ${at.message}`)
  else notifyUnfinished('The connection was revoked here, and not at the vendor', at.message)
}

const looks = { connected: ['green', 'Connected'], failing: ['orange', 'Failing'], waiting: ['red', 'Connect again'] } as const

type ConnectedProps = { integration: Integration; connection: VendorConnection; isRevokedAtVendor: boolean }

function Connected({ integration, connection, isRevokedAtVendor }: ConnectedProps) {
  const client = useQueryClient()
  const lack = useLack('canManageSecrets', connection.org_id ?? undefined)
  const [color, label] = looks[connection.status]
  const revoking = useMutation({
    mutationFn: () => revokeConnection(connection.id),
    onSuccess: (revoked) => {
      tellRevoked(revoked || undefined)
      return Promise.all([connectionsKey, integrationsKey].map((queryKey) => client.invalidateQueries({ queryKey })))
    },
    onError: (error) => notifyFailure('The connection was not revoked', error),
  })
  const atVendor = isRevokedAtVendor
    ? 'Crosswalk asks the vendor to end the consent.'
    : 'The integration does not say how to end the consent, so end it at the vendor.'
  const revoke = async () => {
    const question = {
      title: 'Revoke this connection?',
      text: `Its tokens are deleted, and executions that need it fail until someone connects again. ${atVendor}`,
    }
    if (await askToConfirm({ ...question, confirm: 'Revoke', isDangerous: true })) revoking.mutate()
  }
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Stack gap={2}>
        <Group gap="xs">
          <Badge variant="light" color={color}>
            {label}
          </Badge>
          <OwnerName orgId={connection.org_id} mappingId={connection.mapping_id} />
          {connection.external_id !== null && <Text size="sm">as {connection.external_id}</Text>}
        </Group>
        <Text size="sm" c="dimmed">
          Connected by {connection.connected_by} <RelativeTime at={connection.connected_at} />
          {connection.last_renewed_at !== null && (
            <>
              , renewed <RelativeTime at={connection.last_renewed_at} />
            </>
          )}
          {connection.expires_at !== null && (
            <>
              , {Date.parse(connection.expires_at) > Date.now() ? 'expires' : 'expired'} <RelativeTime at={connection.expires_at} />
            </>
          )}
        </Text>
        {connection.last_error !== null && (
          <Text size="sm" c={connection.status === 'waiting' ? 'var(--crosswalk-bad)' : 'inherit'} className="wrap-anywhere">
            {connection.last_error.message}
          </Text>
        )}
      </Stack>
      <Group gap="xs">
        <ConnectButtons integration={integration} name={connection.name} whose={connection} isAgain />
        <ActionButton size="xs" variant="default" reason={lack} loading={revoking.isPending} onClick={revoke}>
          Revoke
        </ActionButton>
      </Group>
    </Group>
  )
}
