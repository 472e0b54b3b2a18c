import type { LogLine } from '@crosswalk/client'
import { Button, Checkbox, Group, SegmentedControl, Text, TextInput } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCopy, IconDownload, IconSearch } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { Panel } from '../elements/panel.tsx'
import { type LogState, useLog } from './use-log.ts'

const levels = ['debug', 'info', 'warn', 'error']
const colors: Record<string, string> = {
  debug: 'var(--mantine-color-dimmed)',
  info: 'var(--mantine-color-anchor)',
  warn: 'var(--crosswalk-warn)',
  error: 'var(--crosswalk-bad)',
}

function textOf(line: LogLine): string {
  const data = line.data === null || line.data === undefined ? '' : ` ${JSON.stringify(line.data)}`
  return `${line.timestamp} ${line.level.padEnd(5)} ${line.message}${data}`
}

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
  const wanted = useDeferredValue(text.trim().toLowerCase())
  const shown = useMemo(() => {
    const least = levels.indexOf(level)
    return log.lines.filter((line) => levels.indexOf(line.level) >= least && (wanted === '' || textOf(line).toLowerCase().includes(wanted)))
  }, [log.lines, level, wanted])
  const clipboard = useClipboard()
  const all = () => shown.map(textOf).join('\n')
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
        <Checkbox size="xs" label="Follow" checked={isFollowing} onChange={(event) => setFollowing(event.currentTarget.checked)} />
      </Group>
      <Lines lines={shown} isFollowing={isFollowing} isEmpty={log.lines.length === 0} isOver={log.status === 'ended'} />
    </Panel>
  )
}

function Lines({ lines, isFollowing, isEmpty, isOver }: { lines: LogLine[]; isFollowing: boolean; isEmpty: boolean; isOver: boolean }) {
  const frame = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => frame.current, estimateSize: () => 21, overscan: 20 })
  const last = lines.length - 1
  useEffect(() => {
    if (isFollowing && last >= 0) rows.scrollToIndex(last, { align: 'end' })
  }, [isFollowing, last, rows])
  if (lines.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {isEmpty ? (isOver ? 'It wrote no log.' : 'Nothing is logged yet.') : 'No line has this level and text.'}
      </Text>
    )
  }
  return (
    <div
      ref={frame}
      className="panel"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who use the keyboard alone
      tabIndex={0}
      role="log"
      aria-label="Log lines"
      aria-live="off"
      style={{ height: Math.min(460, rows.getTotalSize() + 6), overflow: 'auto' }}
    >
      <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map((row) => {
          const line = lines[row.index]
          if (!line) return null
          return (
            <div
              key={line.sequence}
              ref={rows.measureElement}
              data-index={row.index}
              className="log-line"
              style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${row.start}px)` }}
            >
              <time dateTime={line.timestamp} title={line.timestamp} style={{ color: 'var(--mantine-color-dimmed)' }}>
                {line.timestamp.slice(11, 23)}
              </time>
              <span style={{ color: colors[line.level], fontWeight: 600 }}>{line.level}</span>
              <span className="wrap-anywhere" style={{ whiteSpace: 'pre-wrap' }}>
                {line.message}
                {line.data !== null && line.data !== undefined && (
                  <span style={{ color: 'var(--mantine-color-dimmed)' }}> {JSON.stringify(line.data)}</span>
                )}
              </span>
            </div>
          )
        })}
      </div>
    </div>
  )
}
