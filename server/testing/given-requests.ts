import { systemActing } from '../src/audit/audit.ts'
import type { Execution } from '../src/engine/state/executions.ts'
import { nothingSeen, type RequestContext } from '../src/engine/state/requests.ts'
import { newId } from '../src/platform/ids.ts'
import { testLogger } from './test-app.ts'

/** What the host knows while it answers an execution that has read nothing yet. No text is masked. */
export function givenRequestContext(given: Pick<RequestContext, 'db' | 'execution'> & Partial<RequestContext>): RequestContext {
  return {
    logger: testLogger,
    seen: nothingSeen(),
    mask() {},
    holdsSecret: () => false,
    mayHoldSecret: () => false,
    withoutSecrets: (value) => value,
    signal: new AbortController().signal,
    restMs: () => 1_000,
    progress() {},
    ...given,
  }
}

/** A workflow that runs for an organization, as its requests see it. It is in no table. */
export function runningFor(organizationId: string | null): Execution {
  return {
    id: newId(),
    organizationId,
    kind: 'workflow',
    name: 'sync_users',
    status: 'running',
    input: {},
    result: null,
    error: null,
    timeoutMs: 1_000,
    deadlineMs: null,
    ranMs: 0,
    wait: null,
    caller: systemActing.actor,
    retryOf: null,
    batchId: null,
    effectiveParameters: null,
    progress: null,
    createdAt: new Date(0),
    startedAt: null,
    completedAt: null,
  }
}
