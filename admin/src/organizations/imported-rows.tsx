import type { ImportedRow, ImportOrganizations200 } from '@crosswalk/client'
import { Badge, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'

type Outcome = ImportedRow['outcome']
const words: Record<Outcome, string> = { new: 'New', changed: 'Changed', same: 'The same', refused: 'Refused' }
const colors: Record<Outcome, string> = { new: 'teal', changed: 'blue', same: 'gray', refused: 'red' }
const order: Outcome[] = ['refused', 'new', 'changed', 'same']
const maxShown = 200

type ImportedRowsProps = {
  rows: readonly ImportedRow[]
  outcomes: ImportOrganizations200['outcomes']
  targets: readonly { value: string; label: string }[]
}

/** What becomes of each row: the refused ones first, because they keep all others out. */
export function ImportedRows({ rows, outcomes, targets }: ImportedRowsProps) {
  const offered = order.filter((outcome) => outcomes[outcome] > 0)
  const [chosen, setChosen] = useState<Outcome>()
  const outcome = chosen !== undefined && offered.includes(chosen) ? chosen : offered[0]
  if (outcome === undefined) return <Text>The file has no rows below its headings.</Text>
  const shown = rows.filter((row) => row.outcome === outcome)
  const labelOf = (target: string) => targets.find(({ value }) => value === target)?.label ?? target
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="Rows that will be"
        value={outcome}
        onChange={(next) => setChosen(next as Outcome)} // one of the data below
        data={offered.map((each) => ({ value: each, label: `${words[each]}: ${outcomes[each].toLocaleString()}` }))}
        style={{ alignSelf: 'flex-start', flexWrap: 'wrap' }}
      />
      <Table.ScrollContainer minWidth={420}>
        <Table aria-label="Rows of the file" verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={70}>Line</Table.Th>
              <Table.Th>Organization</Table.Th>
              <Table.Th>{outcome === 'refused' ? 'Why' : 'What is set'}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.slice(0, maxShown).map(({ line, name, changes, problems }) => (
              <Table.Tr key={line}>
                <Table.Td>{line}</Table.Td>
                <Table.Td className="wrap-anywhere">
                  <Group gap="xs">
                    {name || '–'}
                    <Badge variant="light" color={colors[outcome]} tt="none">
                      {words[outcome]}
                    </Badge>
                  </Group>
                </Table.Td>
                <Table.Td className="wrap-anywhere">{problems.join(' ') || changes.map(labelOf).join(', ') || 'Nothing'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {shown.length > maxShown && (
        <Text size="sm" c="dimmed">
          The first {maxShown} of {shown.length.toLocaleString()} are shown.
        </Text>
      )}
    </Stack>
  )
}
