import { deleteConfig, deleteSecret } from '@crosswalk/client'
import { Code, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ActionButton } from '../elements/action-button.tsx'
import { AppLink } from '../elements/app-link.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { useIsNarrow } from '../elements/use-narrow.ts'
import { useLack } from '../parts/grants/use-may.ts'
import { declaredKeys, lossOf } from '../parts/value-form/declared-keys.ts'
import type { ValueKind } from '../parts/value-form/value-kind.ts'
import { textOfValue } from '../parts/value-form/value-text.ts'
import { paths } from '../paths.ts'
import { integrationsFor, integrationsKey } from '../queries/integrations.ts'
import { valuesKey } from '../queries/values.ts'

export type ShownValue = { key: string; value?: unknown; updated_at: string; updated_by: string; expires_at?: string | null }

type ValuesTableProps = {
  title: string
  kind: ValueKind
  orgId: string | null
  values: ShownValue[]
  onEdit: (value: ShownValue) => void
  onShow: (key: string) => void
}

/** The values of one kind, with what can be done with each. */
export function ValuesTable({ title, kind, orgId, values, onEdit, onShow }: ValuesTableProps) {
  const isNarrow = useIsNarrow()
  const actions = (value: ShownValue) => (
    <Actions kind={kind} orgId={orgId} value={value} onEdit={() => onEdit(value)} onShow={() => onShow(value.key)} />
  )
  if (isNarrow) {
    return (
      <Stack component="ul" gap="md" m={0} p={0} aria-label={title} style={{ listStyle: 'none' }}>
        {values.map((value) => (
          <Stack component="li" key={value.key} gap={6} align="flex-start">
            <Code className="wrap-anywhere">{value.key}</Code>
            {kind === 'config' && <Text className="wrap-anywhere">{textOfValue(value.value)}</Text>}
            <SetBy kind={kind} orgId={orgId} value={value} />
            {actions(value)}
          </Stack>
        ))}
      </Stack>
    )
  }
  return (
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
        {values.map((value) => (
          <Table.Tr key={value.key}>
            <Table.Td>
              <Code className="wrap-anywhere">{value.key}</Code>
            </Table.Td>
            {kind === 'config' && (
              <Table.Td className="wrap-anywhere" miw={180}>
                {textOfValue(value.value)}
              </Table.Td>
            )}
            <Table.Td>
              <SetBy kind={kind} orgId={orgId} value={value} />
            </Table.Td>
            <Table.Td>{actions(value)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function SetBy({
  kind,
  orgId,
  value: { key, updated_at, updated_by, expires_at },
}: {
  kind: ValueKind
  orgId: string | null
  value: ShownValue
}) {
  const isHidden = useLack('canViewAudit', orgId ?? undefined) !== undefined
  const words = (
    <>
      <RelativeTime at={updated_at} /> by {updated_by}
    </>
  )
  return (
    <Text size="sm" c="dimmed" component="div">
      {isHidden ? (
        words
      ) : (
        <AppLink to={paths.audit({ type: kind, target: key, ...(orgId === null ? {} : { org: orgId }) })}>{words}</AppLink>
      )}
      {expires_at && (
        <div>
          Expires <RelativeTime at={expires_at} />
        </div>
      )}
    </Text>
  )
}

type ActionsProps = { kind: ValueKind; orgId: string | null; value: ShownValue; onEdit: () => void; onShow: () => void }

function Actions({ kind, orgId, value, onEdit, onShow }: ActionsProps) {
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
  const lack = useLack(kind === 'secret' ? 'canManageSecrets' : 'canManageConfigValues', orgId ?? undefined)
  const ofIntegrations = integrationsFor(orgId ?? undefined)
  useQuery(ofIntegrations)
  const remove = async () => {
    // Who clicks before they are there is told the same: the question is asked once it can say what is lost.
    const known = await queries.ensureQueryData(ofIntegrations).catch(() => undefined)
    const readers = declaredKeys(known?.integrations ?? [], kind).filter(({ key }) => key === value.key)
    const general =
      orgId === null
        ? 'Everything that uses it fails, unless an organization has a value of its own.'
        : 'The global value applies again, where there is one.'
    const text = lossOf(readers, orgId === null) ?? general
    if (await askToConfirm({ title: `Delete ${value.key}?`, text, confirm: 'Delete', isDangerous: true })) removing.mutate()
  }
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      {kind === 'secret' && (
        <ActionButton size="compact-sm" variant="default" reason={lack} onClick={onShow} aria-label={`Details of ${value.key}`}>
          Details
        </ActionButton>
      )}
      <ActionButton
        size="compact-sm"
        variant="default"
        reason={lack}
        onClick={onEdit}
        aria-label={`${kind === 'secret' ? 'Replace' : 'Edit'} ${value.key}`}
      >
        {kind === 'secret' ? 'Replace' : 'Edit'}
      </ActionButton>
      <ActionButton
        size="compact-sm"
        variant="default"
        reason={lack}
        onClick={remove}
        loading={removing.isPending}
        aria-label={`Delete ${value.key}`}
      >
        Delete
      </ActionButton>
    </Group>
  )
}
