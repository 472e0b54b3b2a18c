import { IconLock } from '@tabler/icons-react'
import { EmptyState } from '../../elements/empty-state.tsx'
import { useMayAsk } from './use-may.ts'

/** In place of a list that one may not see: nobody asked the server for it. */
export function NotForYou({ lack }: { lack: string }) {
  return (
    <EmptyState icon={<IconLock />} title="This is not for your role">
      {lack}
    </EmptyState>
  )
}

/**
 * Whether the server is asked for what credentials found, and where it is not, why.
 *
 * @param orgId whose; empty for the global ones, which see all customers
 */
export function useMayAskOfCredentials(integration: string, orgId: string): { may: boolean; lack?: string } {
  const asking = useMayAsk('canViewMappings', orgId || null, { integration })
  if (asking.lack === undefined || orgId !== '') return asking
  return { ...asking, lack: `${asking.lack} Or choose one of your organizations.` }
}
