import { Button, Checkbox, Group, SegmentedControl, TextInput } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCopy, IconDownload, IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { Panel } from '../elements/panel.tsx'
import { entriesLike, rankOf } from './log-entry.ts'
import { LogLines } from './log-lines.tsx'
import { type LogState, useLog } from './use-log.ts'

function statusText({ status, lines }: LogState, shown: number): string {
  const count = shown === lines.length ? lines.length.toLocaleString() : `${shown.toLocaleString()} of ${lines.length.toLocaleString()}`
  const what = {
    connecting: 'connecting…',
    following: 'following',
    ended: 'complete',
    interrupted: 'the connection broke off; connecting again…',
  }[status]
  return `${count} ${lines.length === 1 ? 'line' : 'lines'}, ${what}`
}

/** An execution's log, as it comes. A hundred thousand lines stay quick: only the visible ones are on the page. */
export function LogPanel({ id, name }: { id: string; name: string }) {
  const log = useLog(id)
  const [level, setLevel] = useState('debug')
  const [text, setText] = useState('')
  const [isFollowing, setFollowing] = useState(true)
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
      description={<span role="status">{statusText(log, shown.length)}</span>}
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
        {log.status !== 'ended' && (
          <Checkbox size="xs" label="Follow" checked={isFollowing} onChange={(event) => setFollowing(event.currentTarget.checked)} />
        )}
      </Group>
      <LogLines
        lines={shown}
        isFollowing={isFollowing && log.status !== 'ended'}
        isEmpty={log.lines.length === 0}
        isOver={log.status === 'ended'}
      />
    </Panel>
  )
}
