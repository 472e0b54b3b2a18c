import { Box, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, useDeferredValue, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { plainText } from '../elements/plain-text.ts'
import { useIsNarrow } from '../elements/use-narrow.ts'
import { type Choice, ExternalOrganizationOption, metadataText, narrowRowHeight, rowHeight } from './external-organization-option.tsx'
import type { StoredOrganizations } from './stored-organizations.ts'

type ListProps = {
  choices: Choice[]
  chosenId: string
  onChoose: (choice: Choice) => void
  /** Who is mapped to it, as far as one may see it. */
  stored: StoredOrganizations
  /** The ids of those that the organization is likely to be, the best first: they come first while nothing is searched for. */
  likely: readonly string[]
  /** The organization that the mapping is for. */
  orgId: string
  /** Whether who asked for the list continues in it. */
  takesFocus: boolean
}

/** Tens of thousands of external organizations to choose one from, by name, id or metadata. Only the visible ones are on the page. */
export function ExternalOrganizationList({ choices, chosenId, onChoose, stored, likely, orgId, takesFocus }: ListProps) {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  // What Enter would choose is framed for those who use the keys; to all others it looks as if it were chosen.
  const [isByKeys, setByKeys] = useState(false)
  const height = useIsNarrow() ? narrowRowHeight : rowHeight
  const wanted = useDeferredValue(plainText(text.trim()))
  const frame = useRef<HTMLDivElement>(null)
  const id = useId()
  const search = useRef<HTMLInputElement>(null)
  const focusFirst = useRef(takesFocus)
  // What was pressed to get it is not there any more.
  useLayoutEffect(() => {
    if (focusFirst.current) search.current?.focus({ preventScroll: true })
  }, [])
  const searchable = useMemo(
    () => choices.map((choice) => ({ choice, words: plainText(`${choice.name} ${choice.id} ${metadataText(choice.metadata)}`) })),
    [choices],
  )
  const likelyFirst = useMemo(() => {
    if (likely.length === 0) return searchable
    const rank = new Map(likely.map((id, place) => [id, place]))
    const first = searchable.filter(({ choice }) => rank.has(choice.id))
    first.sort((one, other) => (rank.get(one.choice.id) ?? 0) - (rank.get(other.choice.id) ?? 0))
    return [...first, ...searchable.filter(({ choice }) => !rank.has(choice.id))]
  }, [searchable, likely])
  const found = useMemo(
    () => (wanted === '' ? likelyFirst : searchable.filter(({ words }) => words.includes(wanted))),
    [searchable, likelyFirst, wanted],
  )
  const rows = useVirtualizer({ count: found.length, getScrollElement: () => frame.current, estimateSize: () => height, overscan: 8 })
  const showChosen = useRef(() => {})
  showChosen.current = () => {
    const place = chosenId === '' ? -1 : found.findIndex(({ choice }) => choice.id === chosenId)
    if (text !== '' || place < 0) return
    setActive(place)
    rows.scrollToIndex(place, { align: 'center' })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are measured again when their height changes
  useLayoutEffect(() => rows.measure(), [rows, height])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list, or another order of it; who chooses from it sees the choice already
  useEffect(() => showChosen.current(), [likelyFirst])
  const move = (to: number) => {
    const next = Math.max(0, Math.min(found.length - 1, to))
    setActive(next)
    rows.scrollToIndex(next)
  }
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }
    const step = steps[event.key]
    setByKeys(true)
    const choice = found[active]?.choice
    if (step !== undefined) move(active + step)
    else if (event.key === 'Enter' && choice) onChoose(choice)
    else return
    event.preventDefault()
  }
  const choose = (event: MouseEvent) => {
    const index = Number((event.target as Element).closest('[role=option]')?.getAttribute('data-index')) // clicks come from elements
    const choice = found[index]?.choice
    if (!choice) return
    setActive(index)
    onChoose(choice)
  }
  return (
    <Box>
      <TextInput
        type="search"
        ref={search}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
        aria-label="Search the external organizations"
        placeholder={`Search ${choices.length.toLocaleString()} by name or id`}
        leftSection={<IconSearch size={16} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setActive(0)
          rows.scrollToOffset(0)
        }}
        onKeyDown={press}
        // Also the key that led here.
        onKeyUp={() => setByKeys(true)}
        onPointerDown={() => setByKeys(false)}
        onBlur={() => setByKeys(false)}
        mb="xs"
      />
      <Box
        ref={frame}
        className="panel"
        h={Math.min(300, Math.max(1, found.length) * height + 2)}
        style={{ overflowY: 'auto' }}
        tabIndex={-1}
      >
        <div
          id={id}
          role="listbox"
          aria-label="External organizations"
          tabIndex={-1}
          onClick={choose}
          onKeyDown={press}
          style={{ height: rows.getTotalSize(), position: 'relative' }}
        >
          {rows.getVirtualItems().map((row) => {
            const choice = found[row.index]?.choice
            if (!choice) return null
            return (
              <ExternalOrganizationOption
                key={choice.id}
                id={`${id}-${row.index}`}
                choice={choice}
                index={row.index}
                count={found.length}
                top={row.start}
                isChosen={choice.id === chosenId}
                isActive={isByKeys && row.index === active}
                height={height}
                holder={stored.get(choice.id)?.mapped ?? undefined}
                isLikely={wanted === '' && likely.includes(choice.id)}
                orgId={orgId}
              />
            )
          })}
        </div>
        {found.length === 0 && (
          <Text size="sm" p="md" c="dimmed">
            {choices.length === 0
              ? 'The vendor lists no organizations for these credentials.'
              : `None of ${choices.length.toLocaleString()} has this name or id.`}
          </Text>
        )}
      </Box>
      <Text size="xs" c="dimmed" mt={4} role="status">
        {found.length.toLocaleString()} of {choices.length.toLocaleString()}
      </Text>
    </Box>
  )
}
