import { Text } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type MouseEvent, memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { type LogEntry, timeOf } from './log-entry.ts'
import { rowsOf } from './log-rows.ts'

export const levelColors: Record<string, string> = {
  debug: 'var(--mantine-color-dimmed)',
  info: 'var(--mantine-color-anchor)',
  warn: 'var(--crosswalk-warn)',
  error: 'var(--crosswalk-bad)',
}
/** As the styles have them. */
const rowHeight = 19
const paddingHeight = 2

type LinesProps = {
  lines: LogEntry[]
  /** The newest line of the whole log, where its end is to stay in sight. */
  newest: number | undefined
  /** The line that the address names. */
  linked: number | undefined
  onLink: (sequence: number) => void
}

export function LogLines({ isEmpty, isOver, ...rest }: LinesProps & { isEmpty: boolean; isOver: boolean }) {
  if (rest.lines.length > 0) return <Lines {...rest} />
  return (
    <Text size="sm" c="dimmed">
      {isEmpty ? (isOver ? 'No log output.' : 'No log output yet.') : 'No line has this level and text.'}
    </Text>
  )
}

/**
 * How many characters fit into a row, so that a line's height is known before it is drawn: a hundred thousand lines that are measured one by
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

function Lines({ lines, newest, linked, onLink }: LinesProps) {
  const frame = useRef<HTMLDivElement>(null)
  const probe = useRef<HTMLDivElement>(null)
  const columns = useColumns(probe)
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: (index) => {
      const line = lines[index]
      return paddingHeight + rowHeight * (line && columns > 0 ? rowsOf(line.text.slice(line.messageAt), columns) : 1)
    },
    // What was measured of a line is kept with the line, wherever it stands: more lines move none of those before them.
    getItemKey: useCallback((index: number) => lines[index]?.sequence ?? index, [lines]),
    overscan: 12,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another width gives every line another height
  useLayoutEffect(() => rows.measure(), [rows, columns])
  useEffect(() => {
    if (newest !== undefined) rows.scrollToIndex(rows.options.count - 1, { align: 'end' })
  }, [newest, rows])
  const goTo = useRef(onLink)
  goTo.current = onLink
  const followLink = useCallback((event: MouseEvent<HTMLAnchorElement>) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    goTo.current(Number(event.currentTarget.dataset.sequence))
  }, [])
  const linkedAt = linked === undefined ? -1 : lines.findIndex(({ sequence }) => sequence === linked)
  const isLinkedThere = linkedAt >= 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is gone to once, when it is there and the widths are known
  useEffect(() => {
    if (isLinkedThere) rows.scrollToIndex(linkedAt, { align: 'center' })
  }, [linked, isLinkedThere, columns > 0])
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
              isLinked={line.sequence === linked}
              onLink={followLink}
              // Browsers break words at hyphens and the like, too.
              measure={line.isPlain && line.text.length - line.messageAt <= columns ? undefined : rows.measureElement}
            />
          )
        })}
      </div>
    </div>
  )
}

const whenOf = (time: string) => `${time.slice(0, 10)} ${time.slice(11, 23)}, UTC${time.slice(23).replace('Z', '')}`

type LineProps = {
  line: LogEntry
  index: number
  top: number
  isLinked: boolean
  onLink: (event: MouseEvent<HTMLAnchorElement>) => void
  measure: ((element: Element | null) => void) | undefined
}

const Line = memo(function Line({ line, index, top, isLinked, onLink, measure }: LineProps) {
  const time = timeOf(line)
  return (
    <div
      ref={measure}
      data-index={index}
      className="log-line"
      data-linked={isLinked || undefined}
      style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${top}px)` }}
    >
      <a
        href={`?line=${line.sequence}`}
        data-sequence={line.sequence}
        onClick={onLink}
        tabIndex={-1}
        title={`${whenOf(time)}. A link to this line.`}
      >
        <time dateTime={time}>{time.slice(11, 23)}</time>
      </a>
      <b style={{ color: levelColors[line.level] }}>{line.level}</b>
      <span>
        {line.text.slice(line.messageAt, line.dataAt)}
        {line.dataAt < line.text.length && <i>{line.text.slice(line.dataAt)}</i>}
      </span>
    </div>
  )
})
