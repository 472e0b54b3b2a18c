import type { Integration } from '@crosswalk/client'
import { Box, Text, Title } from '@mantine/core'
import type { ReactNode, RefObject } from 'react'
import { hasNoFields } from '../parts/schema-form/form-schema.ts'
import { LazySchemaForm } from '../parts/schema-form/lazy-schema-form.tsx'
import type { SchemaFormHandle } from '../parts/schema-form/schema-form.tsx'
import type { MappingDraft } from './draft.ts'

/** A part of the drawer with a heading of its own. */
export function Step({ title, description, children }: { title: string; description?: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={3}>{title}</Title>
      {description && (
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      )}
      <Box mt="xs">{children}</Box>
    </section>
  )
}

type MappingDataProps = {
  integration: Integration
  orgId: string
  draft: MappingDraft
  onChange: (part: Partial<MappingDraft>) => void
  errors: Record<string, string[]>
  form: RefObject<SchemaFormHandle | null>
}

/** The form of what an integration wants to know besides the id; nothing where it wants nothing. */
export function MappingDataStep({ integration, orgId, draft, onChange, errors, form }: MappingDataProps) {
  if (hasNoFields(integration.mapping_data_schema)) return null
  return (
    <Step title="Mapping data" description="What workflows need to know besides the id.">
      <LazySchemaForm
        ref={form}
        schema={integration.mapping_data_schema}
        value={draft.mappingData}
        onChange={(mappingData) => onChange({ mappingData })}
        organizationIds={[orgId]}
        serverErrors={errors}
      />
    </Step>
  )
}
