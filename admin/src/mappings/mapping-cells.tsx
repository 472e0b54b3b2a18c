import type { Mapping, MappingOfAll } from '@crosswalk/client'
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { RelativeTime } from '../elements/relative-time.tsx'
import { useIsNarrow } from '../elements/use-narrow.ts'
import { MappingProblems } from '../parts/mapping-problems.tsx'
import { ActiveStatus, TestStatus } from '../parts/status-badge.tsx'

/** What discovery knows of a mapping's external organization. */
export type ExternalKnowledge = Pick<MappingOfAll, 'external_state' | 'external_renamed_to' | 'external_gone_since'>

/** The external organization's name and id, and whether discovery has seen it renamed or gone. */
export function ExternalOrganizationCell({ mapping, known }: { mapping: Mapping; known: ExternalKnowledge | undefined }) {
  const { external_org_id: id, external_org_name: name } = mapping
  return (
    <Stack gap={2} align="flex-start">
      <Text size="sm" fw={600} className="wrap-anywhere" style={{ whiteSpace: 'normal' }}>
        {name || id}
      </Text>
      {name !== '' && name !== id && (
        <Text size="xs" c="dimmed" className="wrap-anywhere" style={{ whiteSpace: 'normal' }}>
          {id}
        </Text>
      )}
      {known && <ExternalState {...known} />}
    </Stack>
  )
}

function ExternalState({ external_state: state, external_renamed_to: newName, external_gone_since: goneSince }: ExternalKnowledge) {
  const look = {
    radius: 'sm',
    variant: 'light',
    tt: 'none',
    maw: '100%',
    h: 'auto',
    styles: { label: { whiteSpace: 'normal', overflowWrap: 'anywhere' } },
  } as const
  if (state === 'renamed')
    return (
      <Badge color="orange" {...look}>
        Renamed to {newName}
      </Badge>
    )
  if (state === 'gone')
    return (
      <Badge color="red" {...look}>
        Gone from the vendor's list {goneSince && <RelativeTime at={goneSince} />}
      </Badge>
    )
  return null
}

/** How the last test went, in short; of a failure the whole message on demand. */
export function LastTestCell({ mapping }: { mapping: Mapping }) {
  if (!mapping.is_active) return <ActiveStatus isActive={false} />
  return (
    <Stack gap={2} maw={380} align="flex-start">
      <Group gap={8}>
        <TestStatus success={mapping.last_test_success} isUntested={mapping.last_not_tested_at !== null} />
        {mapping.last_tested_at && (
          <Text size="xs" c="dimmed">
            <RelativeTime at={mapping.last_tested_at} />
          </Text>
        )}
      </Group>
      {mapping.last_test_success === false && <FailureText text={mapping.last_test_result ?? ''} />}
      {mapping.problems.length > 0 && <MappingProblems problems={mapping.problems} />}
      {mapping.last_not_tested_at && (
        <>
          <Text size="xs" c="dimmed">
            {mapping.last_test_success === null ? 'Tried' : 'Not tested again'} <RelativeTime at={mapping.last_not_tested_at} />
          </Text>
          <FailureText text={mapping.last_not_tested_reason ?? ''} />
        </>
      )}
    </Stack>
  )
}

/** On a phone a line of the message stands for it. */
function FailureText({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false)
  const isNarrow = useIsNarrow()
  const isShort = text.length <= (isNarrow ? 45 : 180)
  return (
    <>
      <Text
        size="xs"
        className="wrap-anywhere"
        style={{ whiteSpace: 'normal' }}
        {...(isShort || isOpen ? {} : { lineClamp: isNarrow ? 1 : 3 })}
      >
        {text}
      </Text>
      {!isShort && (
        <Button size="compact-xs" variant="subtle" ml={-8} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show less' : 'Show why'}
        </Button>
      )}
    </>
  )
}
