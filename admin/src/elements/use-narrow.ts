import { useMediaQuery } from '@mantine/hooks'

/** True where a table of several columns has no room: on a phone. */
export function useIsNarrow(): boolean {
  return useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
}
