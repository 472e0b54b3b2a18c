import { type ApiKey, type MadeApiKey, revokeKey, rotateKey } from '@crosswalk/client'
import { Badge, Checkbox, Group, Stack, Text } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DataTableColumn } from 'mantine-datatable'
import { useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { RecordsTable } from '../elements/records-table.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { RowAction } from '../elements/row-action.tsx'
import { GrantWords } from '../parts/grants/grant-words.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { keysKey, keysPage } from '../queries/access.ts'
import { useUrlState } from '../url-state.ts'
import { KeyDrawer } from './key-drawer.tsx'
import { MadeKey } from './made-key.tsx'

const states = { active: 'green', expired: 'orange', revoked: 'gray' } as const

function State({ state }: { state: ApiKey['state'] }) {
  return (
    <Badge variant="light" color={states[state]} tt="none" style={{ flexShrink: 0, minWidth: 'fit-content' }}>
      {state === 'active' ? 'Active' : state === 'expired' ? 'Expired' : 'Revoked'}
    </Badge>
  )
}

function LastUse({ apiKey }: { apiKey: ApiKey }) {
  if (apiKey.last_used_at === null) return <Text size="sm">Never</Text>
  return (
    <Text size="sm">
      <RelativeTime at={apiKey.last_used_at} />
      {apiKey.last_used_address && ` from ${apiKey.last_used_address}`}
    </Text>
  )
}

function Name({ apiKey }: { apiKey: ApiKey }) {
  return (
    <Stack gap={0}>
      <Text fw={600} className="wrap-anywhere">
        {apiKey.name}
      </Text>
      <Text size="sm" c="dimmed" ff="monospace">
        {apiKey.prefix}…
      </Text>
      {apiKey.value_ended_at && apiKey.state === 'active' && (
        <Text size="sm" c="var(--crosswalk-bad)">
          Its value ended with {apiKey.rotated_by?.name ?? 'who rotated it'}: rotate it.
        </Text>
      )}
    </Stack>
  )
}

/** What can be done with a key. */
function Actions({ apiKey, onMade }: { apiKey: ApiKey; onMade: (made: MadeApiKey) => void }) {
  const queries = useQueryClient()
  const lack = useLack('canManageKeys')
  const reason = lack ?? (apiKey.state === 'revoked' ? 'The key is revoked.' : undefined)
  const onSettled = () => queries.invalidateQueries({ queryKey: keysKey })
  const rotating = useMutation({
    mutationFn: () => rotateKey(apiKey.id, {}),
    onSuccess: onMade,
    onError: (error) => notifyFailure('The key was not rotated', error),
    onSettled,
  })
  const revoking = useMutation({
    mutationFn: () => revokeKey(apiKey.id),
    onSuccess: () => notifyDone(`${apiKey.name} is revoked.`),
    onError: (error) => notifyFailure('The key was not revoked', error),
    onSettled,
  })
  const rotate = async () => {
    const text = 'You get a new key in its place. The present one is taken for another day, so that you can give its programs the new one.'
    if (await askToConfirm({ title: `Rotate ${apiKey.name}?`, text, confirm: 'Rotate key' })) rotating.mutate()
  }
  const revoke = async () => {
    const text = 'What uses it is refused at once, and so are the keys that were made with it. It cannot be undone.'
    if (await askToConfirm({ title: `Revoke ${apiKey.name}?`, text, confirm: 'Revoke key', isDangerous: true })) revoking.mutate()
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <RowAction word="Rotate" name={apiKey.name} reason={reason} isPending={rotating.isPending} onClick={rotate} />
      <RowAction word="Revoke" name={apiKey.name} reason={reason} isPending={revoking.isPending} onClick={revoke} />
    </Group>
  )
}

const columnsWith = (onMade: (made: MadeApiKey) => void): DataTableColumn<ApiKey>[] => [
  { accessor: 'name', title: 'Name', render: (apiKey) => <Name apiKey={apiKey} /> },
  { accessor: 'grants', title: 'Roles', render: ({ grants }) => <GrantWords grants={grants} /> },
  { accessor: 'state', title: 'State', render: ({ state }) => <State state={state} /> },
  { accessor: 'expires_at', title: 'Ends', render: ({ expires_at }) => (expires_at ? <RelativeTime at={expires_at} /> : 'Never') },
  { accessor: 'last_used_at', title: 'Last used', render: (apiKey) => <LastUse apiKey={apiKey} /> },
  { accessor: 'made_by', title: 'Made by', render: ({ made_by }) => made_by.name },
  { accessor: 'actions', title: 'Actions', render: (apiKey) => <Actions apiKey={apiKey} onMade={onMade} /> },
]

function Card({ apiKey, onMade }: { apiKey: ApiKey; onMade: (made: MadeApiKey) => void }) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Name apiKey={apiKey} />
        <State state={apiKey.state} />
      </Group>
      <GrantWords grants={apiKey.grants} />
      <Group gap={6}>
        <Text size="sm" c="dimmed">
          Last used:
        </Text>
        <LastUse apiKey={apiKey} />
      </Group>
      <Actions apiKey={apiKey} onMade={onMade} />
    </Stack>
  )
}

/** The API keys of programs. */
export function KeysPage() {
  const [url, change] = useUrlState({ cursor: '', add: '', revoked: '' })
  const query = useQuery(keysPage(url.cursor, url.revoked !== ''))
  const { data, error, refetch, isFetching } = query
  const [made, setMade] = useState<MadeApiKey>()
  const reason = useLack('canManageKeys')
  const add = (
    <ActionButton leftSection={<IconPlus size={16} />} reason={reason} onClick={() => change({ add: 'yes' }, { push: true })}>
      Create key
    </ActionButton>
  )
  const use = data?.administrator_key
  return (
    <Stack>
      <Group justify="space-between">
        <Text c="dimmed" maw="75ch">
          Programs sign in with keys. A key never has more than who made it, and ends with them.
        </Text>
        {data && data.keys.length > 0 && add}
      </Group>
      <LoadState
        query={{ data, error, refetch, isFetching }}
        label="Loading keys"
        failed="The keys could not be loaded"
        stale="The list may be out of date"
      />
      {data?.keys.length === 0 && url.revoked === '' && (
        <EmptyState icon={<IconKey />} title="No keys yet" action={add}>
          Give each program a key of its own, with no more than it needs, instead of the administrator key.
        </EmptyState>
      )}
      {data && (data.keys.length > 0 || url.revoked !== '') && (
        <RecordsTable
          caption="Keys"
          hasActions
          records={data.keys}
          columns={columnsWith(setMade)}
          idOf={({ id }) => id}
          card={(apiKey) => <Card apiKey={apiKey} onMade={setMade} />}
        />
      )}
      <Checkbox
        label="Show revoked keys"
        checked={url.revoked !== ''}
        onChange={(event) => change({ revoked: event.currentTarget.checked ? 'yes' : '', cursor: '' })}
      />
      {use && (
        <Text size="sm" c="dimmed">
          The administrator key is for when nobody else can get in. It was last used{' '}
          {use.last_used_at ? (
            <>
              <RelativeTime at={use.last_used_at} /> from {use.last_used_address}.
            </>
          ) : (
            'never.'
          )}{' '}
          <code>CROSSWALK_ADMIN_KEY=off</code> switches it off.
        </Text>
      )}
      {data && <PageTurner cursor={url.cursor} nextCursor={data.next_cursor} onTurn={(cursor) => change({ cursor }, { push: true })} />}
      <KeyDrawer isOpen={url.add !== ''} onClose={() => change({ add: '' })} onMade={setMade} />
      <MadeKey made={made} onClose={() => setMade(undefined)} />
    </Stack>
  )
}
