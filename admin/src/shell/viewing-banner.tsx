import { Alert, Button, Group, Text } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { paths } from '../paths.ts'
import { useViewAs } from '../queries/use-view-as.ts'
import { useGo } from '../url-state.ts'

/** The server has to agree that it is over. */
const graceMs = 500

const timeOf = (until: string) => new Date(until).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })

/** Stays above every page while somebody views Crosswalk as another person. */
export function ViewingBanner({ name, until }: { name: string; until: string }) {
  const go = useGo()
  const ending = useViewAs(() => go(paths.people(), { replace: true }))
  const queries = useQueryClient()
  useEffect(() => {
    const timer = setTimeout(() => void queries.resetQueries(), Math.max(0, Date.parse(until) - Date.now()) + graceMs)
    return () => clearTimeout(timer)
  }, [until, queries])
  return (
    <Alert color="yellow" variant="filled" autoContrast py="xs" mb="md" role="status" icon={<IconEye />} className="viewing-banner">
      <Group justify="space-between" gap="sm">
        <Text size="sm" className="wrap-anywhere">
          You view Crosswalk as <b>{name}</b> until {timeOf(until)}. Nothing can be changed.
        </Text>
        <Button size="xs" variant="default" loading={ending.isPending} onClick={() => ending.mutate(null)}>
          End
        </Button>
      </Group>
    </Alert>
  )
}
