import { FactsTable } from '../../elements/facts-table.tsx'
import { JsonBlock } from '../../elements/json-block.tsx'

const isPlain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value)
const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** What a workflow shows for the decision: an object as a table, and what has parts of its own as JSON. */
export function ApprovalDetails({ details, isOpen }: { details: unknown; isOpen: boolean }) {
  if (details === null || details === undefined) return null
  // Who decides reads all of it: an end that has to be scrolled to is not seen.
  const block = (value: unknown, label: string) => <JsonBlock key={label} value={value} label={label} maxHeight={isOpen ? null : 260} />
  const entries = typeof details === 'object' && !Array.isArray(details) ? Object.entries(details) : []
  if (entries.length === 0) return block(details, 'Details')
  return (
    <FactsTable
      labelWidth={130}
      facts={entries.map(([name, value]) => {
        if (isPlain(value)) return [name, textOf(value)]
        return [name, Array.isArray(value) && value.every(isPlain) ? value.map(textOf).join(', ') : block(value, name)]
      })}
    />
  )
}
