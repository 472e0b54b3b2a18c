import { beginPasskeySignIn, signInWithPasskey } from '@crosswalk/client'
import { Button, Stack } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { askForPasskey, isGivenUp, lackOfPasskeys } from '../parts/webauthn.ts'

/** Signing in with what the device keeps. It is not there where the browser cannot. */
export function PasskeyButton({ onSignedIn }: { onSignedIn: () => void }) {
  const signing = useMutation({
    mutationFn: async () => signInWithPasskey({ response: await askForPasskey(await beginPasskeySignIn()) }),
    onSuccess: onSignedIn,
  })
  if (lackOfPasskeys() !== undefined) return null
  return (
    <Stack>
      <Button variant="default" leftSection={<IconFingerprint size={16} />} loading={signing.isPending} onClick={() => signing.mutate()}>
        Sign in with a passkey
      </Button>
      {signing.error && !isGivenUp(signing.error) && <ErrorNotice error={signing.error} title="You are not signed in" />}
    </Stack>
  )
}
