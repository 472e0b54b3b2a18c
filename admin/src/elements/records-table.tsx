import 'mantine-datatable/styles.css'
import type { MantineTheme } from '@mantine/core'
import { DataTable, type DataTableColumn, type DataTableProps } from 'mantine-datatable'
import type { ReactNode } from 'react'

export type Sorting = { column: string; direction: 'asc' | 'desc' }

/** For a column that a narrow screen leaves out, because the record's own page tells it too. */
export const whereRoom = { visibleMediaQuery: ({ breakpoints }: MantineTheme) => `(min-width: ${breakpoints.sm})` }

type RecordsTableProps<T> = {
  /** What the table holds, for those who hear it. */
  caption: string
  records: T[]
  columns: DataTableColumn<T>[]
  idOf: (record: T) => string
  sorting?: Sorting
  onSort?: (sorting: Sorting) => void
  isRefreshing?: boolean
  /** Whether the last column, which has the actions, stays in sight while the others scroll. */
  hasActions?: boolean
  /** Shown under a row that is opened. */
  detail?: (record: T) => ReactNode
}

/** A table of records. It scrolls sideways where the screen is too narrow. */
export function RecordsTable<T>({
  caption,
  records,
  columns,
  idOf,
  sorting,
  onSort,
  isRefreshing = false,
  hasActions = false,
  detail,
}: RecordsTableProps<T>) {
  const props = {
    records,
    columns,
    idAccessor: (record: T) => idOf(record),
    withTableBorder: true,
    borderRadius: 'md',
    verticalSpacing: 'sm',
    highlightOnHover: true,
    minHeight: records.length === 0 ? 160 : 0,
    fetching: isRefreshing,
    pinLastColumn: hasActions,
    noRecordsText: 'Nothing found',
    scrollAreaProps: { type: 'auto', viewportProps: { tabIndex: 0, role: 'group', 'aria-label': caption } },
    ...(detail ? { rowExpansion: { content: ({ record }: { record: T }) => detail(record), allowMultiple: true } } : {}),
  } satisfies DataTableProps<T>
  if (!sorting || !onSort) return <DataTable<T> {...props} />
  return (
    <DataTable<T>
      {...props}
      sortStatus={{ columnAccessor: sorting.column, direction: sorting.direction }}
      onSortStatusChange={({ columnAccessor, direction }) => onSort({ column: String(columnAccessor), direction })}
    />
  )
}
