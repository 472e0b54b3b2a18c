import type { MadeApiKey } from '@crosswalk/client'
import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCopy } from '@tabler/icons-react'

/** A key that was just made: the only time that it is shown. */
export function MadeKey({ made, onClose }: { made: MadeApiKey | undefined; onClose: () => void }) {
  return (
    <Modal
      opened={made !== undefined}
      onClose={onClose}
      size="lg"
      title={`The key ${made?.name ?? ''}`}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Alert color="orange" variant="light" icon={<IconAlertTriangle size={18} />} title="Copy it now">
          It is shown this once, and kept nowhere. If you lose it, rotate the key.
        </Alert>
        <Code block aria-label="The key" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {made?.key}
        </Code>
        {made?.previous_valid_until && (
          <Text size="sm">The key before is taken until {new Date(made.previous_valid_until).toLocaleString()}.</Text>
        )}
        <Group justify="flex-end">
          <CopyButton value={made?.key ?? ''}>
            {({ copied, copy }) => (
              <Button leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
                {copied ? 'Copied' : 'Copy key'}
              </Button>
            )}
          </CopyButton>
          <Button variant="default" onClick={onClose}>
            Done
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
