import type { Integration } from '@crosswalk/client'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { CredentialsForm } from '../parts/value-form/credentials-form.tsx'
import { missingOf, requirementsOf } from '../parts/value-form/requirements.ts'

type CredentialsButtonProps = {
  integration: Integration
  organization: { id: string; name: string }
  /** Told when the form opens over what is there, and when it closes. */
  onForm: (isOpen: boolean) => void
  /** Told when they are set: what failed without them may be tried again. */
  onSaved?: () => void
}

/** Sets an integration's credentials without leaving the place where they turned out to be missing or wrong. */
export function CredentialsButton({ integration, organization, onForm, onSaved }: CredentialsButtonProps) {
  const [isOpen, setOpen] = useState(false)
  const open = (isOpenNow: boolean) => {
    setOpen(isOpenNow)
    onForm(isOpenNow)
  }
  if (requirementsOf(integration).length === 0) return null
  const isMissing = missingOf(integration).length > 0
  return (
    <>
      <Button size="xs" variant={isMissing ? 'filled' : 'default'} onClick={() => open(true)}>
        {isMissing ? 'Set credentials' : 'Change credentials'}
      </Button>
      {isOpen && (
        <CredentialsForm
          integration={integration}
          organization={organization}
          onClose={() => open(false)}
          {...(onSaved ? { onSaved } : {})}
        />
      )}
    </>
  )
}
