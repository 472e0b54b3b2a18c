import { Box, Button, Code, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

type JsonBlockProps = {
  value: unknown
  label: string
  /** Beyond it, it scrolls. Null shows all of it. */
  maxHeight?: number | null
}

/** Plain data as it is, to read and to copy. */
export function JsonBlock({ value, label, maxHeight = 420 }: JsonBlockProps) {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? 'null')
  return (
    <Box pos="relative">
      <Code
        block
        fz="sm"
        p="md"
        tabIndex={0}
        role="group"
        aria-label={label}
        style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', ...(maxHeight === null ? {} : { maxHeight, overflowY: 'auto' }) }}
      >
        {text}
      </Code>
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
