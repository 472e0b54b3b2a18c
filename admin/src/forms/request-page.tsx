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
import { decisionOf } from '../parts/forms/submission-decision.ts'
import { isObject, type JsonObject, labelOf } from '../parts/schema-form/form-schema.ts'
import { SubmissionStatus } from '../parts/status-badge.tsx'
import { momentText } from '../parts/waiting-text.ts'
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
        badge={data && <SubmissionStatus submission={data} />}
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
  const { id, status, progress, result, error, approval } = submission
  const decision = decisionOf(submission)
  if (approval && decision === 'open')
    return (
      <Panel title="Waits for somebody to approve it">
        <Text size="sm">
          Until {momentText(new Date(approval.expires_at), new Date())} somebody can decide. You can leave this page: it continues when they
          have.
        </Text>
      </Panel>
    )
  if (approval && decision !== undefined) return <Refused submission={submission} approval={approval} />
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

/** It ended as people said, or as nobody did; what its workflow says to that stands beside. */
function Refused({ submission, approval }: { submission: Submission; approval: NonNullable<Submission['approval']> }) {
  const { id, status, result, error } = submission
  const isRejected = approval.status === 'rejected'
  const at = approval.decided_at && <RelativeTime at={approval.decided_at} />
  return (
    <>
      <Alert color={isRejected ? 'red' : 'orange'} variant="light" role="status" title={isRejected ? 'Declined' : 'Nobody decided in time'}>
        <Text size="sm" component="div">
          {isRejected ? <>Somebody decided against it, {at}.</> : <>It could be approved until {at}. You can send it again.</>}
        </Text>
        {approval.comment !== null && (
          <Text size="sm" mt="xs" className="wrap-anywhere" style={{ whiteSpace: 'pre-wrap' }}>
            {approval.comment}
          </Text>
        )}
        {status === 'failed' && (
          <Text size="sm" mt="xs" className="wrap-anywhere">
            {error?.message ?? `Those who look after your systems find it by this number: ${id}`}
          </Text>
        )}
      </Alert>
      {status === 'success' && result !== null && result !== undefined && (
        <Panel title="What came of it">
          <JsonBlock value={result} label="What came of it" />
        </Panel>
      )}
    </>
  )
}
