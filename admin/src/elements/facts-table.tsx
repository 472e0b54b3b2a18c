import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

export type Fact = [label: string, value: ReactNode]

/** What is known of one thing, line by line. */
export function FactsTable({ facts, labelWidth = 110 }: { facts: readonly Fact[]; labelWidth?: number }) {
  return (
    <Table variant="vertical" withRowBorders={false} verticalSpacing={4}>
      <Table.Tbody>
        {facts.map(([label, value]) => (
          <Table.Tr key={label}>
            <Table.Th w={labelWidth} bg="transparent" pl={0}>
              {label}
            </Table.Th>
            <Table.Td className="wrap-anywhere">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
