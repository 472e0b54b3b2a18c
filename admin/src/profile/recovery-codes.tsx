import { Alert, Button, Code, CopyButton, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

/** Codes for who has lost their app. They are shown once. */
export function RecoveryCodes({ codes }: { codes: string[] }) {
  return (
    <Alert color="yellow" variant="light" title="Keep these recovery codes" role="status">
      <Stack gap="sm">
        <Text size="sm">
          Each signs you in once, when you have lost the app. They are shown only now: keep them where you keep passwords.
        </Text>
        <SimpleGrid cols={{ base: 2, xs: 3 }} spacing="xs">
          {codes.map((code) => (
            <Code key={code} ta="center">
              {code}
            </Code>
          ))}
        </SimpleGrid>
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              style={{ alignSelf: 'flex-start' }}
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy all'}
            </Button>
          )}
        </CopyButton>
      </Stack>
    </Alert>
  )
}
