import type { Form } from '@crosswalk/client'
import { Box, List, Text } from '@mantine/core'
import { AppLink } from '../../elements/app-link.tsx'
import { paths } from '../../paths.ts'
import { formTitle } from './form-title.ts'

/** The forms that one may send, each with what it is for. */
export function FormList({ forms }: { forms: readonly Form[] }) {
  return (
    <List listStyleType="none" spacing="md" aria-label="Your forms">
      {forms.map(({ id, display_name, description }) => (
        <List.Item key={id}>
          <Box>
            <AppLink to={paths.form(id)} fw={600}>
              {formTitle(id, display_name)}
            </AppLink>
            <Text size="sm" c="dimmed" className="wrap-anywhere">
              {description}
            </Text>
          </Box>
        </List.Item>
      ))}
    </List>
  )
}
