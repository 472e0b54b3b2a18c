import type { AuditEvent } from '@crosswalk/client'
import { Code, Group, Stack, Table, Text } from '@mantine/core'
import { AppLink } from '../elements/app-link.tsx'
import { paths } from '../paths.ts'
import { AuditOutcome } from './audit-target.tsx'

const shown = (value: unknown) =>
  value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value, null, 1)

/** Each changed field, before and after. */
export function AuditChanges({ event }: { event: AuditEvent }) {
  const { action, target, request_id: requestId, address } = event
  const changes = Object.entries(event.changes)
  return (
    <Stack p="md" gap="xs" className="panel" m="xs">
      {changes.length === 0 ? (
        <Text size="sm" c="dimmed">
          No fields were changed.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={420}>
          <Table withRowBorders={false}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Field</Table.Th>
                <Table.Th>Before</Table.Th>
                <Table.Th>After</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {changes.map(([field, { before, after }]) => (
                <Table.Tr key={field}>
                  <Table.Td>{field}</Table.Td>
                  <Table.Td className="wrap-anywhere">{shown(before)}</Table.Td>
                  <Table.Td className="wrap-anywhere">{shown(after)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Group gap="md" fz="sm">
        <AppLink to={paths.audit({ type: target.type, target: target.id })}>Full history</AppLink>
        <AuditOutcome event={event} />
      </Group>
      <Text size="xs" c="dimmed" className="wrap-anywhere">
        <Code>{action}</Code> · {target.id}
        {address && <> · from {address}</>}
        {requestId && <> · request {requestId}</>}
      </Text>
    </Stack>
  )
}
