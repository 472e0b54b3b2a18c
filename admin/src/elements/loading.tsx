import { Skeleton, Stack } from '@mantine/core'

/** What stands in for a list or a page until its data is there. `label` says what is awaited. */
export function Loading({ label, rows = 4 }: { label: string; rows?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label={label} aria-busy="true">
      <Skeleton height={28} width="40%" />
      {Array.from({ length: rows - 1 }, (_, index) => `row ${index}`).map((row) => (
        <Skeleton key={row} height={44} />
      ))}
    </Stack>
  )
}
