import { beginSingleSignOn } from '@crosswalk/client'
import { Button, Stack } from '@mantine/core'
import { IconLogin2 } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { ErrorNotice } from '../elements/error-notice.tsx'

/** Leads to the provider, which leads back. */
export function SingleSignOnButton({ name, next }: { name: string; next: string }) {
  const beginning = useMutation({
    mutationFn: () => beginSingleSignOn({ next }),
    onSuccess: ({ url }) => window.location.assign(url),
  })
  return (
    <Stack>
      <Button
        variant="default"
        leftSection={<IconLogin2 size={16} />}
        loading={beginning.isPending || beginning.isSuccess}
        onClick={() => beginning.mutate()}
      >
        Sign in with {name}
      </Button>
      {beginning.error && <ErrorNotice error={beginning.error} title="You are not signed in" />}
    </Stack>
  )
}
