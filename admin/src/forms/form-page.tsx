import type { Form } from '@crosswalk/client'
import { Group, Select, Stack, Text } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorsIn } from '../elements/field-errors.ts'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { formTitle } from '../parts/forms/form-title.ts'
import { useLack } from '../parts/grants/use-may.ts'
import { hasNoFields } from '../parts/schema-form/form-schema.ts'
import { LazySchemaForm } from '../parts/schema-form/lazy-schema-form.tsx'
import type { SchemaFormHandle } from '../parts/schema-form/schema-form.tsx'
import { paths } from '../paths.ts'
import { formOf, sendForm, submissionsKey } from '../queries/forms.ts'
import { useGo } from '../url-state.ts'

const trail = [{ label: 'Forms', to: paths.forms() }]

/** One form, for a customer's user to fill in and send. */
export function FormPage() {
  const { id = '' } = useParams({ strict: false })
  const query = useQuery(formOf(id))
  const { data } = query
  return (
    <>
      <PageHeader title={formTitle(id, data?.display_name)} trail={trail} description={data?.description} />
      <LoadState query={query} label="Loading the form" failed="This form could not be loaded" />
      {data && <Fill key={data.id} form={data} />}
    </>
  )
}

function Fill({ form }: { form: Form }) {
  const { id, parameters_schema: schema, organizations } = form
  const [orgId, setOrgId] = useState(organizations.length === 1 ? (organizations[0]?.id ?? '') : '')
  const [parameters, setParameters] = useState<Record<string, unknown>>({})
  const handle = useRef<SchemaFormHandle>(null)
  const go = useGo()
  const queries = useQueryClient()
  const sending = useMutation({
    mutationFn: () => sendForm(id, orgId, parameters),
    onSuccess(submissionId) {
      void queries.invalidateQueries({ queryKey: submissionsKey })
      go(paths.request(submissionId))
    },
  })
  const errors = fieldErrorsIn(sending.error, 'parameters')
  const lack = useLack('canSubmitForms', undefined, { workflow: id })
  const send = () => {
    if (handle.current?.validate() !== false) sending.mutate()
  }
  return (
    <Panel title="Fill in and send">
      <Stack maw={640}>
        {organizations.length > 1 && (
          <Select
            label="For"
            placeholder="Choose an organization"
            required
            searchable
            data={organizations.map(({ id, name }) => ({ value: id, label: name }))}
            value={orgId || null}
            onChange={(next) => setOrgId(next ?? '')}
          />
        )}
        {hasNoFields(schema) ? (
          <Text size="sm" c="dimmed">
            There is nothing to fill in.
          </Text>
        ) : (
          <LazySchemaForm
            ref={handle}
            schema={schema}
            value={parameters}
            onChange={setParameters}
            organizationIds={orgId === '' ? [] : [orgId]}
            offered={form}
            serverErrors={errors}
          />
        )}
        {sending.error && Object.keys(errors).length === 0 && <ErrorNotice error={sending.error} title="It was not sent" />}
        <Group justify="flex-end">
          <ActionButton
            leftSection={<IconSend size={16} />}
            reason={lack}
            disabled={lack === undefined && orgId === ''}
            loading={sending.isPending}
            onClick={send}
          >
            Send
          </ActionButton>
        </Group>
      </Stack>
    </Panel>
  )
}
