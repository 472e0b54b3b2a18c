import { PageHeader } from '../elements/page-header.tsx'
import { useUrlState } from '../url-state.ts'
import { ValuesPanels } from './values-panel.tsx'

/** What counts for every organization that has no value of its own. */
export function ValuesPage() {
  const [{ key }] = useUrlState({ key: '' })
  return (
    <>
      <PageHeader
        title="Secrets & config"
        description="Global values apply to every organization that has none of its own. An organization's own values are on its page."
      />
      <ValuesPanels orgId={null} presetKey={key} />
    </>
  )
}
