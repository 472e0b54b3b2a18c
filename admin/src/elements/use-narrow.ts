import { useMediaQuery } from '@mantine/hooks'

/** True where a table of several columns has no room: on a phone. */
export function useIsNarrow(): boolean {
  return useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
}

/** True where a screen has room for a row's second line beside its first. */
export function useIsWide(): boolean {
  return useMediaQuery('(min-width: 100em)', false, { getInitialValueInEffect: false }) ?? false
}
