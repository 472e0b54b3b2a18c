import 'mantine-datatable/styles.css'
import { ActionIcon, Box, Button, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { DataTable, type DataTableColumn, type DataTableProps } from 'mantine-datatable'
import { type ReactNode, useState } from 'react'
import { useIsNarrow, useIsWide } from './use-narrow.ts'

export type Sorting = { column: string; direction: 'asc' | 'desc' }

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
  /** Shown under a row that is opened, or in a card. */
  detail?: (record: T) => ReactNode
  /** What a card's button for the detail says. */
  detailTitle?: string
  /** What stands for a row on a phone. */
  card?: (record: T) => ReactNode
}

/** A table of records. Where the screen is too narrow it is a list of cards, or scrolls sideways where there are none. */
export function RecordsTable<T>(given: RecordsTableProps<T>) {
  const {
    caption,
    records,
    columns,
    idOf,
    sorting,
    onSort,
    isRefreshing = false,
    hasActions = false,
    detail,
    detailTitle = 'Details',
    card,
  } = given
  const isNarrow = useIsNarrow()
  const isWide = useIsWide()
  const [openIds, setOpenIds] = useState<readonly string[]>([])
  if (card && isNarrow) {
    const whole = (record: T) =>
      detail ? (
        <>
          {card(record)}
          <CardDetail title={detailTitle}>{() => detail(record)}</CardDetail>
        </>
      ) : (
        card(record)
      )
    return <CardList caption={caption} records={records} idOf={idOf} card={whole} />
  }
  const toggle = (id: string) => setOpenIds(openIds.includes(id) ? openIds.filter((open) => open !== id) : [...openIds, id])
  // A click anywhere opens a row, and the button is for the keyboard, and to be seen.
  const opener: DataTableColumn<T> = {
    accessor: 'details',
    title: <VisuallyHidden>{detailTitle}</VisuallyHidden>,
    width: 40,
    render: (record) => <OpenButton title={detailTitle} isOpen={openIds.includes(idOf(record))} onToggle={() => toggle(idOf(record))} />,
  }
  const props = {
    records,
    columns: detail ? [opener, ...columns] : columns,
    idAccessor: (record: T) => idOf(record),
    withTableBorder: true,
    borderRadius: 'md',
    verticalSpacing: isWide ? 4 : 'sm',
    highlightOnHover: true,
    minHeight: records.length === 0 ? 160 : 0,
    fetching: isRefreshing,
    pinLastColumn: hasActions,
    noRecordsText: 'Nothing found',
    scrollAreaProps: { type: 'auto', viewportProps: { tabIndex: 0, role: 'group', 'aria-label': caption } },
    ...(detail
      ? {
          rowExpansion: {
            content: ({ record }: { record: T }) => detail(record),
            allowMultiple: true,
            expanded: { recordIds: [...openIds], onRecordIdsChange: (ids: unknown[]) => setOpenIds(ids.map(String)) },
          },
        }
      : {}),
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

function OpenButton({ title, isOpen, onToggle }: { title: string; isOpen: boolean; onToggle: () => void }) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={title}
      aria-expanded={isOpen}
      onClick={(event) => {
        event.stopPropagation()
        onToggle()
      }}
    >
      {isOpen ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
    </ActionIcon>
  )
}

function CardDetail({ title, children }: { title: string; children: () => ReactNode }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button size="compact-sm" variant="subtle" ml={-8} mt={4} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Show less' : title}
      </Button>
      {isOpen && children()}
    </>
  )
}

function CardList<T>({
  caption,
  records,
  idOf,
  card,
}: Pick<RecordsTableProps<T>, 'caption' | 'records' | 'idOf'> & { card: (record: T) => ReactNode }) {
  if (records.length === 0) return <Text c="dimmed">Nothing found</Text>
  return (
    <Stack component="ul" gap="sm" m={0} p={0} aria-label={caption} style={{ listStyle: 'none' }}>
      {records.map((record) => (
        <Box component="li" key={idOf(record)} className="panel" p="sm">
          {card(record)}
        </Box>
      ))}
    </Stack>
  )
}
