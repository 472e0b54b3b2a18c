import type { Submission } from '@crosswalk/client'
import { Alert, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type Fact, FactsTable } from '../elements/facts-table.tsx'
import { JsonBlock } from '../elements/json-block.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { formTitle } from '../parts/forms/form-title.ts'
import { isObject, type JsonObject, labelOf } from '../parts/schema-form/form-schema.ts'
import { ExecutionStatus } from '../parts/status-badge.tsx'
import { paths } from '../paths.ts'
import { isUnderWay } from '../queries/executions.ts'
import { formOf, submissionOf } from '../queries/forms.ts'
import { SentValue } from './sent-value.tsx'

const trail = [{ label: 'Requests', to: paths.requests() }]

/** One form that a customer's user has sent, and how it went. */
export function RequestPage() {
  const { id = '' } = useParams({ strict: false })
  const query = useQuery(submissionOf(id))
  const { data } = query
  return (
    <>
      <PageHeader
        title={data ? formTitle(data.form_id, data.form_name) : 'Request'}
        trail={trail}
        badge={data && <ExecutionStatus status={data.status} />}
        description={data?.org_name ?? undefined}
      />
      <LoadState query={query} label="Loading your request" failed="This request could not be loaded" stale="This may be out of date" />
      {data && (
        <Stack maw={760}>
          <Outcome submission={data} />
          <Panel title="What you sent">
            <Sent submission={data} />
          </Panel>
        </Stack>
      )}
    </>
  )
}

/** What was sent, under the names that the fields have in the form; where the form is not offered any more, under names in words. */
function Sent({ submission }: { submission: Submission }) {
  const { form_id, created_at, parameters } = submission
  const form = useQuery(formOf(form_id)).data
  const schema = form?.parameters_schema
  const fields: JsonObject = isObject(schema?.properties) ? schema.properties : {}
  const facts = Object.entries(parameters).map(([name, value]): Fact => {
    const field = fields[name]
    const own = isObject(field) ? field : {}
    return [labelOf(own, name), <SentValue key={name} form={form} submission={submission} field={own} value={value} />]
  })
  return <FactsTable labelWidth={160} facts={[['Sent', <RelativeTime key="at" at={created_at} />], ...facts]} />
}

function Outcome({ submission }: { submission: Submission }) {
  const { id, status, progress, result, error } = submission
  if (isUnderWay(status)) {
    const share = progress?.total ? (100 * progress.done) / progress.total : undefined
    return (
      <Panel title="Under way">
        <Text size="sm">You can leave this page: it continues by itself.</Text>
        {share !== undefined && <Progress mt="sm" value={share} aria-label="How far it is" />}
      </Panel>
    )
  }
  if (status === 'success')
    return (
      <Panel title="Done">
        {result === null || result === undefined ? (
          <Text size="sm">It went through.</Text>
        ) : (
          <JsonBlock value={result} label="What came of it" />
        )}
      </Panel>
    )
  return (
    <Alert color="red" variant="light" role="status" title={status === 'cancelled' ? 'It was cancelled' : 'It did not go through'}>
      <Text size="sm" className="wrap-anywhere">
        {error?.message ?? `Tell those who look after your systems. They find it by this number: ${id}`}
      </Text>
    </Alert>
  )
}
