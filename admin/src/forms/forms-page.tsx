import { IconForms } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { FormList } from '../parts/forms/form-list.tsx'
import { forms } from '../queries/forms.ts'

/** What a customer's user can ask for. */
export function FormsPage() {
  const query = useQuery(forms)
  const { data } = query
  return (
    <>
      <PageHeader title="Forms" description="What you can ask for." />
      <LoadState query={query} label="Loading your forms" failed="Your forms could not be loaded" stale="The list may be out of date" />
      {data?.count === 0 && (
        <EmptyState icon={<IconForms />} title="No form yet">
          Those who look after your systems have offered you none. Ask them if you miss one.
        </EmptyState>
      )}
      {data && data.count > 0 && (
        <Panel title="Your forms">
          <FormList forms={data.forms} />
        </Panel>
      )}
    </>
  )
}
