import { Text } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { type LogEntry, timeOf } from './log-entry.ts'

const colors: Record<string, string> = {
  debug: 'var(--mantine-color-dimmed)',
  info: 'var(--mantine-color-anchor)',
  warn: 'var(--crosswalk-warn)',
  error: 'var(--crosswalk-bad)',
}
/** As the styles have them. */
const rowHeight = 19
const paddingHeight = 2

type LinesProps = { lines: LogEntry[]; isFollowing: boolean; isEmpty: boolean; isOver: boolean }

export function LogLines({ lines, isFollowing, isEmpty, isOver }: LinesProps) {
  if (lines.length > 0) return <Lines lines={lines} isFollowing={isFollowing} />
  return (
    <Text size="sm" c="dimmed">
      {isEmpty ? (isOver ? 'No log output.' : 'No log output yet.') : 'No line has this level and text.'}
    </Text>
  )
}

/**
 * How many characters fit into a row, so that a line's height is known without drawing it: a hundred thousand lines that are measured one by
 * one move under the reader's hands. 0 until known, and where the font gives its characters different widths.
 */
function useColumns(probe: React.RefObject<HTMLDivElement | null>): number {
  const [columns, setColumns] = useState(0)
  useLayoutEffect(() => {
    const [narrow, wide] = probe.current?.querySelectorAll('span') ?? []
    const cell = narrow?.parentElement
    if (!narrow || !wide || !cell) return
    const look = () => {
      const isEven = Math.abs(narrow.offsetWidth - wide.offsetWidth) < 1
      const widthOfOne = wide.getBoundingClientRect().width / (wide.textContent?.length || 1)
      setColumns(isEven && widthOfOne > 0 ? Math.floor(cell.clientWidth / widthOfOne + 0.01) : 0)
    }
    look()
    const observer = new ResizeObserver(look)
    observer.observe(cell)
    return () => observer.disconnect()
  }, [probe])
  return columns
}

function Lines({ lines, isFollowing }: { lines: LogEntry[]; isFollowing: boolean }) {
  const frame = useRef<HTMLDivElement>(null)
  const probe = useRef<HTMLDivElement>(null)
  const columns = useColumns(probe)
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: (index) => {
      const line = lines[index]
      const length = line ? line.text.length - line.messageAt : 0
      return paddingHeight + rowHeight * (columns > 0 ? Math.max(1, Math.ceil(length / columns)) : 1)
    },
    overscan: 12,
  })
  const last = lines.length - 1
  // biome-ignore lint/correctness/useExhaustiveDependencies: other columns and other lines give other heights
  useLayoutEffect(() => rows.measure(), [rows, columns, lines[0]?.sequence, lines[last]?.sequence])
  useEffect(() => {
    if (isFollowing && last >= 0) rows.scrollToIndex(last, { align: 'end' })
  }, [isFollowing, last, rows])
  return (
    <div
      ref={frame}
      className="panel"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who use the keyboard alone
      tabIndex={0}
      role="log"
      aria-label="Log lines"
      aria-live="off"
      style={{ height: Math.min(460, rows.getTotalSize() + 6), overflow: 'auto', overflowAnchor: 'none' }}
    >
      <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
        <div ref={probe} className="log-line" aria-hidden style={{ position: 'absolute', left: 0, right: 0, visibility: 'hidden' }}>
          <i />
          <i />
          <div style={{ overflow: 'hidden', whiteSpace: 'nowrap', height: 0 }}>
            <span>{'i'.repeat(100)}</span>
            <br />
            <span>{'M'.repeat(100)}</span>
          </div>
        </div>
        {rows.getVirtualItems().map((row) => {
          const line = lines[row.index]
          if (!line) return null
          return (
            <Line
              key={line.sequence}
              line={line}
              index={row.index}
              top={row.start}
              measure={line.isPlain && columns > 0 ? undefined : rows.measureElement}
            />
          )
        })}
      </div>
    </div>
  )
}

type LineProps = { line: LogEntry; index: number; top: number; measure: ((element: Element | null) => void) | undefined }

const Line = memo(function Line({ line, index, top, measure }: LineProps) {
  const time = timeOf(line)
  return (
    <div
      ref={measure}
      data-index={index}
      className="log-line"
      style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${top}px)` }}
    >
      <time dateTime={time} title={time}>
        {time.slice(11, 23)}
      </time>
      <b style={{ color: colors[line.level] }}>{line.level}</b>
      <span>
        {line.text.slice(line.messageAt, line.dataAt)}
        {line.dataAt < line.text.length && <i>{line.text.slice(line.dataAt)}</i>}
      </span>
    </div>
  )
})
