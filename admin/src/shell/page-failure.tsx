import { Button, Center, Stack, Text } from '@mantine/core'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { paths } from '../paths.ts'

/** A page that could not be shown: an error of ours, or a newer version whose files the browser does not have. */
export function PageFailure({ error }: ErrorComponentProps) {
  return (
    <Center mih={300} p="md">
      <ErrorNotice error={error} title="This page could not be shown">
        <Text size="sm">Load the page again: a newer version of Crosswalk may be running.</Text>
        <Button size="xs" variant="default" w="fit-content" onClick={() => window.location.reload()}>
          Load the page again
        </Button>
      </ErrorNotice>
    </Center>
  )
}

export function PageNotFound() {
  return (
    <Stack>
      <PageHeader title="There is no such page" description="The address may be misspelled, or the page may have moved." />
      <AppLink to={paths.dashboard()}>Go to the dashboard</AppLink>
    </Stack>
  )
}
