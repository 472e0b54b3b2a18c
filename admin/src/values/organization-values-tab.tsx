import { useParams } from '@tanstack/react-router'
import { useUrlState } from '../url-state.ts'
import { ValuesPanels } from './values-panel.tsx'

/** What an organization has of its own. `?key=` opens the form for that secret. */
export function OrganizationValuesTab() {
  const { orgId = '' } = useParams({ strict: false })
  const [{ key }] = useUrlState({ key: '' })
  return <ValuesPanels orgId={orgId} presetKey={key} />
}
