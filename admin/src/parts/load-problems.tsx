import type { DefinitionProblem } from '@crosswalk/client'
import { Alert, Code, Stack, Text } from '@mantine/core'
import { IconFileAlert } from '@tabler/icons-react'

/** Files of the workspace that could not be loaded, and why. */
export function LoadProblems({ problems }: { problems: DefinitionProblem[] }) {
  if (problems.length === 0) return null
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconFileAlert />}
      mb="md"
      title={
        problems.length === 1
          ? 'A file of the workspace could not be loaded'
          : `${problems.length} files of the workspace could not be loaded`
      }
    >
      <Stack gap="xs">
        {problems.map(({ file, reason }) => (
          <div key={`${file} ${reason}`}>
            <Code>{file}</Code>
            <Text size="sm" className="wrap-anywhere" style={{ whiteSpace: 'pre-wrap' }}>
              {reason}
            </Text>
          </div>
        ))}
      </Stack>
    </Alert>
  )
}
