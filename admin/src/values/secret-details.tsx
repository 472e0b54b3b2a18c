import { type SecretDetails as Details, restoreSecret, setSecretExpiry } from '@crosswalk/client'
import { Group, Modal, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { AppLink } from '../elements/app-link.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { FactsTable } from '../elements/facts-table.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { paths } from '../paths.ts'
import { attentionKey } from '../queries/attention.ts'
import { ownerOf, secretDetails, valuesKey } from '../queries/values.ts'

type SecretProps = { orgId: string | null; secretKey: string }

/** What is known of one secret: what needs and what read it, its versions and its expiry. */
export function SecretDetails({ orgId, secretKey, onClose }: SecretProps & { onClose: () => void }) {
  const { data, error, refetch, isFetching } = useQuery(secretDetails(orgId, secretKey))
  return (
    <Modal opened onClose={onClose} size="lg" title={`Secret ${secretKey}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <LoadState query={{ data, error, refetch, isFetching }} label="Loading the secret" rows={4} stale="This may be out of date" />
      {data && (
        <Stack>
          <FactsTable facts={factsOf(data)} labelWidth={120} />
          <Expiry key={data.expires_at} orgId={orgId} secretKey={secretKey} expiresAt={data.expires_at} />
          <Versions orgId={orgId} secretKey={secretKey} versions={data.versions} />
        </Stack>
      )}
    </Modal>
  )
}

function factsOf({ backend, declared_by, read_by }: Details): [string, ReactNode][] {
  return [
    ['Kept', backend === 'database' ? 'In the database, encrypted' : 'In Azure Key Vault'],
    [
      'Needed by',
      declared_by.length === 0
        ? 'No integration says that it needs this key.'
        : declared_by.map(({ integration_name, display_name }) => (
            <div key={integration_name}>
              <AppLink to={paths.integration(integration_name)}>{display_name}</AppLink>
            </div>
          )),
    ],
    [
      'Read by',
      read_by.length === 0
        ? 'Nothing that is still kept has read it.'
        : read_by.slice(0, 10).map(({ kind, name, execution_id, read_at }) => (
            <div key={`${kind} ${name}`}>
              <AppLink to={paths.execution(execution_id)}>{name}</AppLink> <RelativeTime at={read_at} />
            </div>
          )),
    ],
  ]
}

function useRefresh() {
  const queries = useQueryClient()
  return () => Promise.all([valuesKey, attentionKey].map((queryKey) => queries.invalidateQueries({ queryKey })))
}

function Expiry({ orgId, secretKey, expiresAt }: SecretProps & { expiresAt: string | null }) {
  const before = expiresAt?.slice(0, 10) ?? ''
  const [day, setDay] = useState(before)
  const refresh = useRefresh()
  const lack = useLack('canManageSecrets', orgId ?? undefined)
  const saving = useMutation({
    mutationFn: () => setSecretExpiry(secretKey, { expires_at: day === '' ? null : `${day}T00:00:00Z` }, ownerOf(orgId)),
    async onSuccess() {
      await refresh()
      notifyDone(day === '' ? `${secretKey} does not expire.` : `The expiry of ${secretKey} is set.`)
    },
    onError: (error) => notifyFailure('The expiry was not set', error),
  })
  return (
    <Group align="flex-end" gap="sm">
      <TextInput
        type="date"
        label="Expires"
        description="You are warned 14 days before. Empty: it does not expire."
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
      <ActionButton variant="default" reason={lack} disabled={day === before} loading={saving.isPending} onClick={() => saving.mutate()}>
        Save expiry
      </ActionButton>
    </Group>
  )
}

function Versions({ orgId, secretKey, versions }: SecretProps & { versions: Details['versions'] }) {
  const refresh = useRefresh()
  const lack = useLack('canManageSecrets', orgId ?? undefined)
  const restoring = useMutation({
    mutationFn: (version: number) => restoreSecret(secretKey, { version }, ownerOf(orgId)),
    async onSuccess(_, version) {
      await refresh()
      notifyDone(`${secretKey} is again what it was in version ${version}.`)
    },
    onError: (error) => notifyFailure('The version was not restored', error),
  })
  const restore = async (version: number) => {
    const text = 'What uses the secret gets that value from now on. The value that it has now stays as a version.'
    if (await askToConfirm({ title: `Return to version ${version}?`, text, confirm: 'Return' })) restoring.mutate(version)
  }
  return (
    <div>
      <Title order={3} fz="sm" mb={4}>
        Versions
      </Title>
      <Table verticalSpacing={6} aria-label="Versions">
        <Table.Tbody>
          {versions.map(({ version, is_current, set_at, set_by }) => (
            <Table.Tr key={version}>
              <Table.Td className="tabular">{version}</Table.Td>
              <Table.Td>
                <Text size="sm" c="dimmed" component="div">
                  {set_at ? <RelativeTime at={set_at} /> : 'Earlier'}
                  {set_by && ` by ${set_by}`}
                </Text>
              </Table.Td>
              <Table.Td ta="right">
                {is_current ? (
                  <Text size="sm">In use</Text>
                ) : (
                  <ActionButton
                    size="compact-sm"
                    variant="default"
                    reason={lack}
                    loading={restoring.isPending && restoring.variables === version}
                    onClick={() => restore(version)}
                    aria-label={`Return to version ${version}`}
                  >
                    Return
                  </ActionButton>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
