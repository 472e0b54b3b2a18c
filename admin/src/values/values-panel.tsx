import { Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { Panel } from '../elements/panel.tsx'
import { useLackIn, useMayAsk } from '../parts/grants/use-may.ts'
import { ValueForm } from '../parts/value-form/value-form.tsx'
import type { ValueKind } from '../parts/value-form/value-kind.ts'
import { configOf, secretsOf } from '../queries/values.ts'
import { SecretDetails } from './secret-details.tsx'
import { type ShownValue, ValuesTable } from './values-table.tsx'

const texts = {
  secret: { title: 'Secrets', one: 'secret', add: 'Add secret', about: 'Encrypted, and never shown again once they are set.' },
  config: { title: 'Config', one: 'config value', add: 'Add config', about: 'Plain values that are not secret, such as addresses.' },
}

/** The secrets or the config of an organization, or with null the global ones. */
export function ValuesPanel({ kind, orgId, presetKey = '' }: { kind: ValueKind; orgId: string | null; presetKey?: string }) {
  const seeing = kind === 'secret' ? 'canManageSecrets' : 'canViewConfigValues'
  const { may, lack: lackToSee } = useMayAsk(seeing, orgId)
  const options = kind === 'secret' ? secretsOf(orgId) : configOf(orgId)
  const query = useQuery<ShownValue[]>({ ...(options as object), enabled: may } as never) // both are lists of what is shown here
  const { data, error, refetch, isFetching } = query
  const [editing, setEditing] = useState<{ key: string; value?: unknown } | null>(presetKey === '' ? null : { key: presetKey })
  const [shown, setShown] = useState<string | null>(null)
  const lack = useLackIn(kind === 'secret' ? 'canManageSecrets' : 'canManageConfigValues', orgId)
  const text = texts[kind]
  return (
    <Panel
      title={text.title}
      description={text.about}
      actions={
        <ActionButton
          size="sm"
          variant="default"
          reason={lack}
          leftSection={<IconPlus size={16} />}
          onClick={() => setEditing({ key: '' })}
        >
          {text.add}
        </ActionButton>
      }
    >
      {lackToSee === undefined ? (
        <LoadState
          query={{ data, error, refetch, isFetching }}
          label={`Loading ${text.title.toLowerCase()}`}
          rows={2}
          stale="The list may be out of date"
        />
      ) : (
        <Text c="dimmed" size="sm">
          {lackToSee}
        </Text>
      )}
      {data?.length === 0 && (
        <Text c="dimmed" size="sm">
          {orgId === null
            ? `No global ${text.title.toLowerCase()} yet.`
            : `None of its own. The global ${text.title.toLowerCase()} apply to this organization too.`}
        </Text>
      )}
      {data && data.length > 0 && (
        <ValuesTable title={text.title} kind={kind} orgId={orgId} values={data} onEdit={setEditing} onShow={setShown} />
      )}
      {shown !== null && <SecretDetails orgId={orgId} secretKey={shown} onClose={() => setShown(null)} />}
      {editing && <ValueForm kind={kind} orgId={orgId} initial={editing} onClose={() => setEditing(null)} />}
    </Panel>
  )
}

/** Both kinds, one below the other. */
export function ValuesPanels({ orgId, presetKey = '' }: { orgId: string | null; presetKey?: string }) {
  return (
    <Stack>
      <ValuesPanel kind="secret" orgId={orgId} presetKey={presetKey} />
      <ValuesPanel kind="config" orgId={orgId} />
    </Stack>
  )
}
