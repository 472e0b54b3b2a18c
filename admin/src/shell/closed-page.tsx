import { IconLock } from '@tabler/icons-react'
import { AppLink } from '../elements/app-link.tsx'
import { EmptyState } from '../elements/empty-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { paths } from '../paths.ts'

/** In place of a page of which one may see nothing: it asks the server nothing. */
export function ClosedPage({ label }: { label: string }) {
  return (
    <>
      <PageHeader title={label} />
      <EmptyState
        icon={<IconLock />}
        title="This page is not for your role"
        action={<AppLink to={paths.dashboard()}>Go to your own page</AppLink>}
      >
        Ask an administrator if you need it.
      </EmptyState>
    </>
  )
}
