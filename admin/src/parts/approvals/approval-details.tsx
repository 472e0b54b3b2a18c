import { FactsTable } from '../../elements/facts-table.tsx'
import { JsonBlock } from '../../elements/json-block.tsx'

const isPlain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value)
const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** What a workflow shows for the decision: an object of plain values as a table, and anything else as it is. */
export function ApprovalDetails({ details }: { details: unknown }) {
  if (details === null || details === undefined) return null
  const entries = typeof details === 'object' && !Array.isArray(details) ? Object.entries(details) : []
  if (entries.length === 0 || !entries.every(([, value]) => isPlain(value) || (Array.isArray(value) && value.every(isPlain))))
    return <JsonBlock value={details} label="Details" maxHeight={260} />
  return (
    <FactsTable
      labelWidth={130}
      facts={entries.map(([name, value]) => [name, Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value)])}
    />
  )
}
