import type { PersonLink } from '@crosswalk/client'
import { Alert, Button, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { RelativeTime } from '../elements/relative-time.tsx'

/** A link that was just made. It is shown here once. */
export function LinkNotice({ link, name }: { link: PersonLink; name: string }) {
  const words = link.kind === 'invitation' ? 'The invitation' : 'The link for a new password'
  return (
    <Alert color="blue" variant="light" role="status" title={link.is_mailed ? `${words} was mailed to ${name}` : `${words} of ${name}`}>
      <Stack gap="xs">
        {link.mail_problem && (
          <Text size="sm" c="var(--crosswalk-warn)">
            {link.mail_problem}
          </Text>
        )}
        <Text size="sm">
          {link.is_mailed ? 'It is also here' : 'Copy it and send it to them'}. It works once, and ends{' '}
          <RelativeTime at={link.expires_at} />. It is not shown again.
        </Text>
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <TextInput
            flex={1}
            aria-label="The link"
            readOnly
            value={link.url}
            onFocus={(event) => event.currentTarget.select()}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
          <CopyButton value={link.url}>
            {({ copied, copy }) => (
              <Button variant="default" leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Alert>
  )
}
