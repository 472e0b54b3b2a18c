import { deleteConfig, deleteSecret } from '@crosswalk/client'
import { Button, Code, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { askToConfirm } from '../elements/confirm.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { Loading } from '../elements/loading.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { Panel } from '../elements/panel.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { integrationsKey } from '../queries/integrations.ts'
import { configOf, secretsOf, valuesKey } from '../queries/values.ts'
import { ValueForm, type ValueKind } from '../value-form/value-form.tsx'

type Shown = { key: string; value?: unknown; updated_at: string; updated_by: string }

const texts = {
  secret: { title: 'Secrets', one: 'secret', add: 'Add Secret', about: 'Encrypted, and never shown again once they are set.' },
  config: { title: 'Config', one: 'config value', add: 'Add Config', about: 'Plain values that are not secret, such as addresses.' },
}

/** The secrets or the config of an organization, or with null the global ones. */
export function ValuesPanel({ kind, orgId, presetKey = '' }: { kind: ValueKind; orgId: string | null; presetKey?: string }) {
  const query = useQuery<Shown[]>(kind === 'secret' ? (secretsOf(orgId) as never) : (configOf(orgId) as never)) // both are lists of what is shown here
  const { data, error, refetch, isFetching } = query
  const [editing, setEditing] = useState<{ key: string; value?: unknown } | null>(presetKey === '' ? null : { key: presetKey })
  const text = texts[kind]
  return (
    <Panel
      title={text.title}
      description={text.about}
      actions={
        <Button size="sm" variant="default" leftSection={<IconPlus size={16} />} onClick={() => setEditing({ key: '' })}>
          {text.add}
        </Button>
      }
    >
      {!data &&
        (error ? (
          <ErrorNotice error={error} onRetry={refetch} isRetrying={isFetching} />
        ) : (
          <Loading label={`Loading ${text.title.toLowerCase()}`} rows={2} />
        ))}
      {data && error && <ErrorNotice error={error} title="The list may be out of date" onRetry={refetch} />}
      {data?.length === 0 && (
        <Text c="dimmed" size="sm">
          {orgId === null
            ? `No global ${text.title.toLowerCase()} yet.`
            : `None of its own. The global ${text.title.toLowerCase()} count for this organization too.`}
        </Text>
      )}
      {data && data.length > 0 && (
        <Table.ScrollContainer minWidth={kind === 'config' ? 660 : 520}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Key</Table.Th>
                {kind === 'config' && <Table.Th>Value</Table.Th>}
                <Table.Th>Set</Table.Th>
                <Table.Th>
                  <VisuallyHidden>Actions</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map((value) => (
                <Row key={value.key} kind={kind} orgId={orgId} value={value} onEdit={() => setEditing(value)} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {editing && <ValueForm kind={kind} orgId={orgId} initial={editing} onClose={() => setEditing(null)} />}
    </Panel>
  )
}

function Row({ kind, orgId, value, onEdit }: { kind: ValueKind; orgId: string | null; value: Shown; onEdit: () => void }) {
  const queries = useQueryClient()
  const removing = useMutation({
    mutationFn: () => {
      const whose = orgId === null ? ({ scope: 'global' } as const) : ({ scope: 'organization', org_id: orgId } as const)
      return kind === 'secret' ? deleteSecret(value.key, whose) : deleteConfig(value.key, whose)
    },
    async onSuccess() {
      await Promise.all([queries.invalidateQueries({ queryKey: valuesKey }), queries.invalidateQueries({ queryKey: integrationsKey })])
      notifyDone(`${value.key} was deleted.`)
    },
    onError: (error) => notifyFailure('Nothing was deleted', error),
  })
  const remove = async () => {
    const text =
      orgId === null
        ? 'Everything that uses it fails, unless an organization has a value of its own.'
        : 'The global value counts again, where there is one.'
    if (await askToConfirm({ title: `Delete ${value.key}?`, text, confirm: 'Delete', isDangerous: true })) removing.mutate()
  }
  return (
    <Table.Tr>
      <Table.Td>
        <Code>{value.key}</Code>
      </Table.Td>
      {kind === 'config' && (
        <Table.Td className="wrap-anywhere" miw={180}>
          {typeof value.value === 'string' ? value.value : JSON.stringify(value.value)}
        </Table.Td>
      )}
      <Table.Td>
        <Text size="sm" c="dimmed">
          <RelativeTime at={value.updated_at} /> by {value.updated_by}
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <Button
            size="compact-sm"
            variant="default"
            onClick={onEdit}
            aria-label={`${kind === 'secret' ? 'Replace' : 'Edit'} ${value.key}`}
          >
            {kind === 'secret' ? 'Replace' : 'Edit'}
          </Button>
          <Button size="compact-sm" variant="default" onClick={remove} loading={removing.isPending} aria-label={`Delete ${value.key}`}>
            Delete
          </Button>
        </Group>
      </Table.Td>
    </Table.Tr>
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
