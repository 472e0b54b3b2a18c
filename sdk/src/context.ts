import type { ApprovalAnswer, ApprovalRequest } from './approval.ts'
import type { HttpClient, HttpOptions } from './http-client/options.ts'
import type { IntegrationContext, Organization } from './integration-context.ts'
import type { MappingDraft, MappingProblem, SavedMapping } from './mapping.ts'
import type { ClientOf, IntegrationClassOf, IntegrationName, IntegrationRef, MappingDataOf } from './registry.ts'
import type { RetryOptions } from './retry.ts'

/** What the function of a step receives. */
export type StepInfo = {
  /** 1 for the first attempt. */
  readonly attempt: number
  /** The same for all attempts of this step, also after a crash. Send it to vendors that accept one. */
  readonly idempotencyKey: string
  /** Aborted with the execution. */
  readonly signal: AbortSignal
}

/** Which mapping is meant, where an organization has several of one integration. */
export type MappingChoice = { mappingId?: string | undefined }

/** What a workflow or a data provider works with: always one organization, never another's. */
export interface Context extends IntegrationContext {
  readonly org: Organization

  /**
   * As an integration has it. In a workflow `get`, `post`, `put`, `patch` and `delete` outside of a step are recorded as steps of their own
   * (`POST /tickets`), so that a crash does not repeat them; `fetch` and `pages` are not.
   */
  http(options: HttpOptions): HttpClient

  /**
   * The organization's mapping. Fails closed: there is no default mapping.
   *
   * @throws mapping_not_found - none is active, or not the one that was named.
   * @throws multiple_mappings - several are active and none was named.
   */
  getIntegrationMapping<Ref extends IntegrationRef>(integration: Ref, choice?: MappingChoice): Promise<SavedMapping<MappingDataOf<Ref>>>

  /** All active mappings of one integration, oldest first; an empty list when there is none. */
  getOrgMappings<Ref extends IntegrationRef>(integration: Ref): Promise<SavedMapping<MappingDataOf<Ref>>[]>

  /**
   * Creates a mapping; or updates the one named by `mappingId`, or the only active one of that integration. Safe to repeat.
   *
   * @throws mapping_not_found - the organization has no mapping with that `mappingId` for that integration.
   * @throws mapping_exists, external_org_taken - the external organization is mapped already, here or by another organization.
   * @throws mapping_not_supported - the integration's `supportsOrgMapping` does not return true.
   * @throws validation_failed, integration_not_found
   */
  setIntegrationMapping(draft: MappingDraft): Promise<SavedMapping>

  /**
   * Deactivates a mapping. Safe to repeat.
   *
   * @throws mapping_not_found - the organization never had it.
   */
  deleteIntegrationMapping(integrationName: IntegrationName, mappingId: string): Promise<void>

  /**
   * Tells what a person has to repair about a mapping. It stands on the dashboard, an item for each mapping, until a report without problems
   * or a change of the mapping. Safe to repeat: a report replaces the one before.
   *
   * @throws mapping_not_found - the organization has no active mapping of that id.
   */
  reportMappingHealth(mappingId: string, problems: readonly MappingProblem[]): Promise<void>

  /**
   * A client, authenticated and scoped to the mapped external organization. Its async methods are recorded as steps:
   * after a crash their results are read back and the vendor is not called again. A call that the vendor refused for now (429,
   * 503, no connection), and one that is safe to repeat and failed with 5xx, is tried three times in all, and waits as long as the
   * vendor's Retry-After says (at most 15 minutes). See `defaultRetryPolicy` for the exact rule, which the integration may change with
   * `static retry`; throw `HttpError` (`requireOk` does) so that it can tell. In a step they are a part of that step.
   *
   * @throws what `getIntegrationMapping` throws, and `integration_not_found`.
   */
  getIntegration<Ref extends IntegrationRef>(integration: Ref, choice?: MappingChoice): Promise<ClientOf<Ref>>

  /**
   * The class itself, to construct with this context: `new (ctx.getIntegrationClass('x'))(ctx)`.
   *
   * @throws integration_not_found
   */
  getIntegrationClass<Name extends IntegrationName>(name: Name): IntegrationClassOf<Name>

  /**
   * Runs the function once, durably: its result is recorded and it is not run again after a crash. The result is plain data of at most
   * 16 MiB; what is not plain data is handed on and not recorded. Await it: what is not done when the workflow returns is lost.
   *
   * A step is one act. What is called in it (a client's methods, another step, a change of a mapping, a sleep) is a part of it: nothing
   * of that is recorded or replayed by itself, and people see it as lines under the step.
   *
   * Without `retry` only what the vendor refused, or what is safe to repeat, is tried again (see `defaultRetryPolicy`). With `retry`,
   * even an empty one, every failure that may pass is: give it where the function is safe to run twice, for instance because it sends
   * its `idempotencyKey`. `StopRetrying` and `RetryAfter` steer both. Calls on clients in it are
   * tried again by their own rules, and then the step is not; with `retry` the step is tried again whole, and its calls are not.
   *
   * @param name for people, 1 to 200 characters; the same name twice is two steps.
   * @throws what the last attempt threw, or `step_result_too_large`.
   */
  step<Result>(name: string, run: (step: StepInfo) => Promise<Result> | Result, retry?: RetryOptions): Promise<Result>

  /**
   * Asks people whether the workflow may continue, and waits for the answer for as long as it takes: the execution has the status
   * `waiting` meanwhile and holds no process and no place, and continues after a restart of everything. Recorded as a step, so that people
   * are asked once. It cannot be called within a step.
   *
   * Look at `approved`, or set `required`: without either the workflow continues after a refusal.
   *
   * An execution that is tried again does not ask again for what was approved before the failed step; what was rejected or has
   * expired it asks again.
   *
   * @example
   * const { approved, by } = await ctx.approve({ title: `Delete the mailbox of ${user.name}`, details: { mailbox: user.mail } })
   * if (!approved) return { deleted: false }
   * @throws approval_rejected, approval_expired - only with `required`.
   * @throws approval_role_unknown - a role in `approvers` that does not exist, or does not give canApprove.
   * @throws too_many_approvals - 20 are open at once, or 200 were asked for in all.
   * @throws validation_failed - a text that is too long, or nobody is named in `approvers`.
   * @throws forbidden - in a data provider, which cannot wait.
   */
  approve(request: ApprovalRequest): Promise<ApprovalAnswer>

  /** Waits durably: a restart does not begin the wait again. */
  sleep(ms: number): Promise<void>

  /** Shows how far the work is. `total` is left out while it is not known. */
  progress(done: number, total?: number, message?: string): Promise<void>
}
