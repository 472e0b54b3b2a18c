import { type ConnectionTest, testIntegration } from '@crosswalk/client'
import { Alert, Box, Group, Stack, Table, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconPlugConnected } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { RepairLink } from '../parts/repair-link.tsx'
import { paths } from '../paths.ts'
import { isSameConnection, type MappingDraft, whatIsMissing } from './draft.ts'
import { VendorNameNotice, vendorNameIn } from './vendor-name.tsx'

/** Where a test stands: of which draft, and what came out. */
export function useConnectionTest(orgId: string, onTested: (tested: MappingDraft, result: ConnectionTest) => void) {
  return useMutation({
    onSuccess: (result, draft) => onTested(draft, result),
    mutationFn: (draft: MappingDraft) =>
      testIntegration(draft.integrationName, {
        org_id: orgId,
        external_org_id: draft.externalOrgId,
        external_org_name: draft.externalOrgName || null,
        mapping_data: draft.mappingData,
      }),
  })
}

export type ConnectionTesting = ReturnType<typeof useConnectionTest>

/** True if the draft, as it is now, has passed its test. */
export function hasPassed(testing: ConnectionTesting, draft: MappingDraft): boolean {
  return testing.data?.success === true && testing.variables !== undefined && isSameConnection(testing.variables, draft)
}

type TestStepProps = {
  draft: MappingDraft
  testing: ConnectionTesting
  onChange: (change: Partial<MappingDraft>) => void
  /** Why the vendor cannot be asked yet; undefined where it can. */
  obstacle: string | undefined
  /** Where the credentials are set: beside a failure, of which they may be the reason. */
  credentials: ReactNode
}

/** Tests the draft before it is saved. */
export function ConnectionTestStep({ draft, testing, onChange, obstacle, credentials }: TestStepProps) {
  const missing = obstacle ?? whatIsMissing(draft)
  const isOutdated = testing.variables !== undefined && !isSameConnection(testing.variables, draft)
  const end = useRef<HTMLDivElement>(null)
  const { data, error } = testing
  useEffect(() => {
    if (data || error) end.current?.scrollIntoView({ block: 'nearest' })
  }, [data, error])
  const vendorName = data && !isOutdated && !testing.isPending ? vendorNameIn(data) : undefined
  const hasFailed = testing.isError || testing.data?.success === false
  return (
    <Stack gap="sm">
      <Group>
        <ActionButton
          variant="default"
          leftSection={<IconPlugConnected size={16} />}
          reason={missing}
          loading={testing.isPending}
          onClick={() => testing.mutate(draft)}
        >
          {hasFailed && !isOutdated ? 'Try again' : 'Test Connection'}
        </ActionButton>
        <Text size="sm" c="dimmed" role="status">
          {missing ?? (testing.isPending ? 'Testing…' : testing.data ? '' : 'Checks that it works before you save. Nothing is changed.')}
        </Text>
      </Group>
      {testing.error && <ErrorNotice error={testing.error} title="The test could not be run" />}
      {testing.data && !testing.isPending && <TestResultNotice result={testing.data} isOutdated={isOutdated} credentials={credentials} />}
      {vendorName && draft.externalOrgName.trim() !== vendorName && (
        <VendorNameNotice vendorName={vendorName} onUse={() => onChange({ externalOrgName: vendorName })} />
      )}
      <div ref={end} style={{ scrollMarginBottom: 96 }} />
    </Stack>
  )
}

/** `org_name` as people write it. */
function labelOf(key: string): string {
  const words = key.replaceAll('_', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

const platformDetails = new Set(['guidance', 'execution_id', 'not_tested', 'repair_url'])

type ResultProps = { result: ConnectionTest; isOutdated?: boolean; credentials?: ReactNode }

/** What a test found, with guidance where it failed. */
export function TestResultNotice({ result, isOutdated = false, credentials }: ResultProps) {
  const { success, message, details } = result
  const isUntested = details.not_tested !== undefined
  const guidance = typeof details.guidance === 'string' && !message.includes(details.guidance) ? details.guidance : undefined
  const facts = Object.entries(details).filter(([key]) => !platformDetails.has(key))
  return (
    <Alert
      color={isOutdated ? 'gray' : success ? 'green' : isUntested ? 'orange' : 'red'}
      variant="light"
      role={success ? 'status' : 'alert'}
      icon={success ? <IconCircleCheck /> : <IconCircleX />}
      title={`${success ? 'Connection works' : isUntested ? 'Not tested' : 'Connection failed'}${isOutdated ? ' (tested before your last change)' : ''}`}
    >
      <Text size="sm" className="wrap-anywhere">
        {message}
      </Text>
      {guidance && (
        <Text size="sm" fw={600} mt={4}>
          {guidance}
        </Text>
      )}
      {!success && <RepairLink url={details.repair_url} />}
      {!success && !isOutdated && credentials && <Box my="sm">{credentials}</Box>}
      {facts.length > 0 && (
        <Table withRowBorders={false} verticalSpacing={2} mt="xs" fz="sm" w="auto" variant="vertical">
          <Table.Tbody>
            {facts.map(([key, value]) => (
              <Table.Tr key={key}>
                <Table.Th bg="transparent">{labelOf(key)}</Table.Th>
                <Table.Td className="wrap-anywhere">{typeof value === 'string' ? value : JSON.stringify(value)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {typeof details.execution_id === 'string' && (
        <AppLink to={paths.execution(details.execution_id)} fz="sm">
          See what the test did
        </AppLink>
      )}
    </Alert>
  )
}
