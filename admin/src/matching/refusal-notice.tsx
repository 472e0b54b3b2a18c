import { Button } from '@mantine/core'
import { ErrorNotice } from '../elements/error-notice.tsx'
import type { Refusal } from './use-many-mappings.ts'

/** Why nothing was mapped. Lines that are in the way say so themselves, and can be left out together. */
export function RefusalNotice({ refusal: { error, conflicts }, onLeaveOut }: { refusal: Refusal; onLeaveOut: () => void }) {
  return (
    <ErrorNotice
      error={error}
      title={conflicts.size > 0 ? 'Some lines cannot be mapped' : 'Nothing was mapped'}
      actions={
        conflicts.size > 0 && (
          <Button size="xs" variant="default" onClick={onLeaveOut}>
            {conflicts.size === 1 ? 'Leave it out' : `Leave these ${conflicts.size.toLocaleString()} out`}
          </Button>
        )
      }
    />
  )
}
