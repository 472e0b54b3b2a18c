import { hostsOfMapping } from '@crosswalk/sdk/named-hosts'
import { z } from 'zod'
import { type Acting, recordAudit } from '../../audit/audit.ts'
import { type IntegrationDefinition, requireLoaded } from '../../definitions/definitions.ts'
import { guidanceFor, type VendorFailure } from '../../engine/failures/guidance.ts'
import { type Execution, hasEnded, submitExecution, waitForExecution } from '../../engine/state/executions.ts'
import { type Database, inScope } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/database/notifications.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { MappingContent } from '../mapping.ts'
import { type UntestedReason, untestedReasonOf } from '../untested.ts'
import { connectionTest } from './connection-test-kind.ts'

/** What is tested: a saved mapping, or with a null id one that is not saved yet. */
export type TestSubject = Pick<MappingContent, 'externalOrgId' | 'externalOrgName' | 'mappingData'> & { id: string | null }

/**
 * A failed test is an answer too: its message ends with what to do. One that was not made has `not_tested` in its details, with the reason,
 * and says nothing about the mapping.
 */
export type ConnectionTest = { success: boolean; message: string; details: JsonObject }

/** How long a worker may take to begin, beyond the time that the test itself has. */
const pickUpMs = 30_000

const authorResult = z.object({ success: z.boolean(), message: z.string().max(10_000), details: z.record(z.string(), z.json()).nullish() })

/** The tested mapping as the runner takes it. */
export function testInput(subject: TestSubject): JsonObject {
  return {
    mapping: {
      id: subject.id,
      external_org_id: subject.externalOrgId,
      external_org_name: subject.externalOrgName,
      mapping_data: subject.mappingData,
    },
  }
}

/**
 * Has the integration test a connection, and waits for what it says. Whatever goes wrong there is a failed test, not an error.
 *
 * @param signal gives up the wait; the test continues
 * @throws definition_not_loaded - nothing was tested.
 */
export async function runConnectionTest(
  dependencies: { db: Database; notifications: Notifications },
  asked: { acting: Acting; organizationId: string; integration: IntegrationDefinition; subject: TestSubject; signal: AbortSignal },
): Promise<ConnectionTest> {
  const { organizationId, integration } = asked
  requireLoaded(integration)
  const { id } = await submitAudited(dependencies.db, integration, asked)
  const execution = await waitForExecution(dependencies, { organizationId }, id, integration.testTimeoutMs + pickUpMs, asked.signal)
  return connectionTestOf(execution, integration)
}

/** What is saved is audited with its result; of what is not there is no more than that it was asked for, where to, and by whom. */
function submitAudited(
  db: Database,
  integration: IntegrationDefinition,
  { acting, organizationId, subject }: Omit<Parameters<typeof runConnectionTest>[1], 'integration'>,
): Promise<{ id: string }> {
  return inScope(db, { organizationId }, async (transaction) => {
    const submitted = await submitExecution(transaction, {
      organizationId,
      kind: connectionTest,
      name: integration.name,
      input: testInput(subject),
      timeoutMs: integration.testTimeoutMs,
      acting,
      isInteractive: true,
    })
    if (subject.id === null)
      await recordAudit(transaction, acting, {
        action: 'integration.tested',
        organizationId,
        target: {
          type: 'integration',
          id: integration.name,
          name: integration.displayName,
          external_org_id: subject.externalOrgId,
          hosts: [...hostsOfMapping(subject.externalOrgId, subject.mappingData)],
          execution_id: submitted.id,
        },
        changes: {},
      })
    return submitted
  })
}

/** What an execution of a connection test says about the connection. */
export function connectionTestOf(
  execution: Execution,
  integration: Pick<IntegrationDefinition, 'displayName' | 'secrets' | 'config'>,
): ConnectionTest {
  const found = foundBy(execution)
  const reason = reasonNotTested(execution)
  const details = { ...found.details, ...(reason === undefined ? {} : { not_tested: reason }), execution_id: execution.id }
  if (found.success) return { success: true, message: found.message, details }
  const guidance = typeof found.details.guidance === 'string' ? found.details.guidance : guidanceFor(found, integration, 'mapping')
  if (guidance === undefined) return { success: false, message: found.message, details }
  return { success: false, message: withGuidance(found.message, guidance), details: { ...details, guidance } }
}

function foundBy(execution: Execution): VendorFailure & ConnectionTest {
  const { status, error, result, timeoutMs } = execution
  if (status === 'success') {
    const parsed = authorResult.safeParse(result)
    if (parsed.success) return { ...parsed.data, details: parsed.data.details ?? {} }
    return failed('BadResult', 'The integration returned no result of its connection test.', {})
  }
  if (status === 'timeout')
    return failed('TimeoutError', error?.message ?? `The test did not end within ${timeoutMs / 1000} seconds.`, error?.details)
  if (status === 'cancelled') return failed('Cancelled', 'The test was cancelled.', error?.details)
  if (hasEnded(execution)) return failed(error?.type ?? 'Error', error?.message ?? 'The test failed without a reason.', error?.details)
  if (status === 'pending') return failed('NoWorker', 'No worker has begun the test. See whether a worker runs, and test again.', {})
  return failed(
    'StillRunning',
    'The test is still running, maybe because the vendor asked to wait. A saved mapping gets its result when the test ends.',
    {},
  )
}

/** Why there is no result; undefined where the test was made. */
function reasonNotTested(execution: Execution): UntestedReason | undefined {
  if (hasEnded(execution)) return untestedReasonOf(execution)
  return execution.status === 'pending' ? 'no_worker' : 'still_running'
}

function failed(type: string, message: string, details: JsonObject = {}): VendorFailure & ConnectionTest {
  // The stack is of use to the author, who finds it in the execution.
  const { stack: _stack, ...told } = details
  return { success: false, type, message, details: { error_type: type, ...told } }
}

function withGuidance(message: string, guidance: string): string {
  return message.includes(guidance) ? message : `${message.replace(/[\s.]+$/, '')}. ${guidance}`
}
