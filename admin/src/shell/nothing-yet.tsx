import { Alert, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { paths } from '../paths.ts'
import { profile } from '../queries/people.ts'
import { useGo } from '../url-state.ts'

/** For people who may do nothing: because a second factor is asked of them first, which they are led to, or because they have no role. */
export function NothingYet() {
  const { data } = useQuery(profile)
  const here = useLocation({ select: (location) => location.pathname })
  const go = useGo()
  const isLed = data?.needs_second_factor === true && here !== paths.profile()
  useEffect(() => {
    if (isLed) go(paths.profile(), { replace: true })
  }, [isLed, go])
  if (!data || data.needs_second_factor) return null
  return (
    <Alert color="yellow" variant="light" mb="lg" title="You have no role yet" role="status">
      <Text size="sm">Ask an administrator to give you one. Until then there is nothing here for you.</Text>
    </Alert>
  )
}
