import type { ExecutionDetail } from '@crosswalk/client'
import { Button, Checkbox, Group, SegmentedControl, TextInput } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCopy, IconDownload, IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { Panel } from '../elements/panel.tsx'
import { isUnderWay } from '../queries/executions.ts'
import { useUrlState } from '../url-state.ts'
import { entriesLike, rankOf } from './log-entry.ts'
import { LogLines } from './log-lines.tsx'
import type { LogState } from './use-log.ts'

/** How many lines there are, whether more will come, and which clock their times are of. */
function statusText({ status, lines }: LogState, shown: number, isWaiting: boolean): string {
  if (status === 'connecting' && lines.length === 0) return 'Loading the log…'
  if (lines.length === 0) {
    if (status === 'refused') return 'This log can no longer be read. Sign in again, or ask for the permission to see it.'
    if (status === 'interrupted') return 'The connection broke off. Connecting again…'
    return status === 'ended'
      ? 'No lines.'
      : isWaiting
        ? 'No lines yet: it has not started.'
        : 'No lines yet. They appear here as they are written.'
  }
  const count = shown === lines.length ? lines.length.toLocaleString() : `${shown.toLocaleString()} of ${lines.length.toLocaleString()}`
  const what = {
    connecting: 'loading…',
    refused: 'can no longer be read',
    following: 'following',
    ended: 'complete',
    interrupted: 'the connection broke off; connecting again…',
  }[status]
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return `${count} ${lines.length === 1 ? 'line' : 'lines'}, ${what}. Times are in your time zone, ${zone}.`
}

/**
 * An execution's log, as it comes. A hundred thousand lines stay quick: only the visible ones are on the page.
 *
 * The log of what runs is followed. One that has ended opens at its first line, or at the line that the address names.
 */
export function LogPanel({ execution, log }: { execution: ExecutionDetail; log: LogState }) {
  const { execution_id: id, workflow_name: name, status } = execution
  const [wasUnderWay] = useState(isUnderWay(status))
  const [{ line }, change] = useUrlState({ line: '' })
  const [level, setLevel] = useState('debug')
  const [text, setText] = useState('')
  const [isFollowing, setFollowing] = useState(line === '')
  const wanted = useDeferredValue(text.trim())
  const shown = useMemo(() => entriesLike(log.lines, rankOf(level), wanted), [log.lines, level, wanted])
  const clipboard = useClipboard()
  const all = () => shown.map((line) => line.text).join('\n')
  const download = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([`${all()}\n`], { type: 'text/plain' }))
    link.download = `${name}-${id}.log`
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <Panel
      title="Log"
      description={<span role="status">{statusText(log, shown.length, status === 'pending')}</span>}
      actions={
        <>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconCopy size={14} />}
            disabled={shown.length === 0}
            onClick={() => clipboard.copy(all())}
          >
            {clipboard.copied ? 'Copied' : 'Copy'}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconDownload size={14} />}
            disabled={shown.length === 0}
            onClick={download}
          >
            Download
          </Button>
        </>
      }
    >
      <Group mb="sm">
        <TextInput
          type="search"
          aria-label="Search the log"
          placeholder="Search the log"
          size="xs"
          w={220}
          leftSection={<IconSearch size={14} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <SegmentedControl
          size="xs"
          aria-label="Lowest level"
          data={[
            { value: 'debug', label: 'All' },
            { value: 'info', label: 'Info' },
            { value: 'warn', label: 'Warnings' },
            { value: 'error', label: 'Errors' },
          ]}
          value={level}
          onChange={setLevel}
        />
        {wasUnderWay && log.status !== 'ended' && (
          <Checkbox size="xs" label="Follow" checked={isFollowing} onChange={(event) => setFollowing(event.currentTarget.checked)} />
        )}
      </Group>
      <LogLines
        lines={shown}
        newest={wasUnderWay && isFollowing ? log.lines.at(-1)?.sequence : undefined}
        linked={line === '' ? undefined : Number(line)}
        onLink={(sequence) => change({ line: String(sequence) })}
        isEmpty={log.lines.length === 0}
        isOver={log.status === 'ended'}
      />
    </Panel>
  )
}
