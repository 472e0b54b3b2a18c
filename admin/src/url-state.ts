import { useLocation, useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'

/** Reads and writes a page's query as it stands in the address: text, without quotes. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

export function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`
}

/** Goes to a page of `paths`. */
export function useGo(): (path: string, options?: { replace?: boolean }) => void {
  const { history } = useRouter()
  return useCallback((path, options) => (options?.replace ? history.replace(path) : history.push(path)), [history])
}

export type UrlState<Name extends string> = Record<Name, string>

/**
 * The part of a page's state that its address holds.
 *
 * @param defaults what counts where the address says nothing; these values are not written into it
 * @returns the state, and what changes some of it; `push` leaves the page before in the history
 */
export function useUrlState<const Name extends string>(
  defaults: Record<Name, string>,
): [UrlState<Name>, (change: Partial<UrlState<Name>>, options?: { push?: boolean }) => void] {
  const { history } = useRouter()
  const searchText = useLocation({ select: (location) => location.searchStr })
  const given = parseSearch(searchText)
  const names = Object.keys(defaults) as Name[] // the record's own keys
  const state = Object.fromEntries(names.map((name) => [name, given[name] ?? defaults[name]])) as UrlState<Name> // a value for each name
  const change = (next: Partial<UrlState<Name>>, options?: { push?: boolean }) => {
    const search: Record<string, string> = parseSearch(history.location.search)
    for (const name of names) {
      const value = next[name]
      if (value === undefined) continue
      if (value === defaults[name]) delete search[name]
      else search[name] = value
    }
    const path = `${history.location.pathname}${stringifySearch(search)}`
    if (options?.push) history.push(path)
    else history.replace(path)
  }
  return [state, change]
}
