import { Center, Group, Paper, Stack, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Logo } from '../parts/logo.tsx'

/** A page for people who have not signed in yet. */
export function AuthCard({ title, children }: { title: string; children: ReactNode }) {
  useDocumentTitle(`${title} · Crosswalk`)
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w={440} maw="100%" radius="lg">
        <Stack>
          <Group gap="sm" wrap="nowrap">
            <Logo />
            <Title order={1} className="wrap-anywhere">
              {title}
            </Title>
          </Group>
          {children}
        </Stack>
      </Paper>
    </Center>
  )
}
