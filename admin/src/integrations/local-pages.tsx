import { Pagination } from '@mantine/core'
import { useState } from 'react'

const perPage = 50

/**
 * The part of a list that is on the page, where all of the list is here already.
 *
 * @param of what the list is of: with another one the first page is shown again
 */
export function useLocalPages<T>(items: readonly T[], of: unknown) {
  const [wanted, setWanted] = useState({ of, page: 1 })
  const pages = Math.max(1, Math.ceil(items.length / perPage))
  const page = Math.min(wanted.of === of ? wanted.page : 1, pages)
  const setPage = (next: number) => setWanted({ of, page: next })
  return { visible: items.slice((page - 1) * perPage, page * perPage), page, pages, setPage }
}

export function LocalPages({ page, pages, setPage }: { page: number; pages: number; setPage: (page: number) => void }) {
  if (pages === 1) return null
  return (
    <Pagination
      total={pages}
      value={page}
      onChange={setPage}
      getControlProps={(control) => ({ 'aria-label': `${control} page` })}
      getItemProps={(number) => ({ 'aria-label': `Page ${number}` })}
    />
  )
}
