import { Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { AppLink } from './app-link.tsx'

type PageHeaderProps = {
  title: string
  /** A sentence on what the page is for. */
  description?: ReactNode
  /** The pages above it. */
  trail?: { label: string; to: string }[]
  /** Beside the title. */
  badge?: ReactNode
  actions?: ReactNode
}

/** What a page is, where it is, and what can be done. */
export function PageHeader({ title, description, trail = [], badge, actions }: PageHeaderProps) {
  useDocumentTitle(`${title} · Crosswalk`)
  return (
    <Stack gap={4} mb="lg">
      {trail.length > 0 && (
        <Breadcrumbs component="nav" aria-label="Pages above" separatorMargin={6}>
          {trail.map(({ label, to }) => (
            <AppLink key={to} to={to} fz="sm">
              {label}
            </AppLink>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={4} flex="1 1 20rem" miw={0}>
          <Group gap="sm">
            <Title order={1} className="wrap-anywhere">
              {title}
            </Title>
            {badge}
          </Group>
          {description && (
            <Text c="dimmed" maw="75ch">
              {description}
            </Text>
          )}
        </Stack>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
    </Stack>
  )
}
