import { IconLock } from '@tabler/icons-react'
import { EmptyState } from '../../elements/empty-state.tsx'
import { useLack, useLackForAll } from './use-may.ts'

/** In place of a list that one may not see: nobody asked the server for it. */
export function NotForYou({ lack }: { lack: string }) {
  return (
    <EmptyState icon={<IconLock />} title="This is not for your role">
      {lack}
    </EmptyState>
  )
}

/**
 * Why one may not see what credentials found.
 *
 * @param orgId whose; empty for the global ones, which see all customers
 */
export function useLackOfCredentials(integration: string, orgId: string): string | undefined {
  const here = useLack('canViewMappings', orgId, { integration })
  const forAll = useLackForAll('canViewMappings', { integration })
  if (orgId !== '') return here
  return forAll && `${forAll} Or choose one of your organizations.`
}
