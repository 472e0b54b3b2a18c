import { CloseButton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'

const pauseMs = 200

/** A search that waits for a pause in the typing before it asks. */
export function SearchBox({
  label,
  value,
  onSearch,
  w = 320,
}: {
  label: string
  value: string
  onSearch: (text: string) => void
  w?: number
}) {
  const [text, setText] = useState(value)
  const asked = useRef(value)
  useEffect(() => {
    // The address changed by itself: back, or a link.
    if (value === asked.current) return
    asked.current = value
    setText(value)
  }, [value])
  useEffect(() => {
    if (text === asked.current) return
    const timer = window.setTimeout(() => {
      asked.current = text
      onSearch(text)
    }, pauseMs)
    return () => window.clearTimeout(timer)
  })
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      w={{ base: '100%', xs: w }}
      maw="100%"
      leftSection={<IconSearch size={16} />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      rightSection={text === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => setText('')} />}
    />
  )
}
