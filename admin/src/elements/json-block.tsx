import { Box, Button, Code, CopyButton, ScrollArea } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

/** Plain data as it is, to read and to copy. */
export function JsonBlock({ value, label, maxHeight = 420 }: { value: unknown; label: string; maxHeight?: number }) {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? 'null')
  return (
    <Box pos="relative">
      <ScrollArea.Autosize mah={maxHeight} viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': label }}>
        <Code block fz="sm" p="md" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {text}
        </Code>
      </ScrollArea.Autosize>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button
            pos="absolute"
            top={8}
            right={12}
            size="compact-xs"
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={12} /> : <IconCopy size={12} />}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Box>
  )
}
