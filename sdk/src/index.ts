export type { ApprovalAnswer, ApprovalRequest, Approvers } from './approval.ts'
export { configValue } from './config-value.ts'
export { connectionFailure, failureReason } from './connection-failure.ts'
export type { ConnectionDeclaration, DeclaredConnection } from './connections.ts'
export type { Context, MappingChoice, StepInfo } from './context.ts'
export {
  type DataProvider,
  type DataProviderDefinition,
  type DataProviderOption,
  type DataProviderOptions,
  dataProvider,
  isDataProvider,
} from './data-provider.ts'
export { definitionInvalid } from './definition-checks.ts'
export { type ErrorData, fromErrorData, toErrorData } from './error-data.ts'
export { integrationNotFound, mappingNotFound, multipleMappings, organizationInactive, secretNotFound } from './error-messages.ts'
export {
  CrosswalkError,
  type CrosswalkErrorCode,
  crosswalkErrorCodes,
  EgressRefusedError,
  IntegrationNotFoundError,
  isCrosswalkError,
  MappingNotFoundError,
  MultipleMappingsError,
  OrganizationInactiveError,
  PermissionDeniedError,
  RetryAfter,
  SecretNotFoundError,
  StopRetrying,
  ValidationError,
} from './errors.ts'
export { externalIdOf, externalIdProblem } from './external-id.ts'
export { HttpError, readJson, requireOk } from './http.ts'
export type {
  AuthOptions,
  BasicCredentials,
  ConfigRef,
  CredentialValue,
  OAuth2Options,
  SecretRef,
  TextValue,
  TokenOptions,
} from './http-client/auth-options.ts'
export type {
  HttpClient,
  HttpFetchInit,
  HttpOptions,
  HttpRequest,
  HttpRetry,
  NextPage,
  PageSize,
  PagesOptions,
  ParsedHttpRequest,
  ParsedPagesOptions,
  QueryValue,
  QueryValues,
} from './http-client/options.ts'
export type { Admission, AdmitRequest, AuthSpec, HttpPort, HttpSpec, LimitSpec, OpenedHttp, SentRequest } from './http-client/port.ts'
export { VendorError, type VendorErrorKind, vendorErrorKinds } from './http-client/vendor-error.ts'
export { BaseIntegration, type IntegrationClass, isIntegrationClass, type RequiredKey } from './integration.ts'
export type { Caller, ConfigValue, IntegrationContext, LogLevel, Organization } from './integration-context.ts'
export {
  type DeclaredKey,
  describeIntegration,
  type IntegrationDefinition,
  parseMappingData,
  supportsDiscovery,
} from './integration-definition.ts'
export type { JsonObject, JsonPrimitive, JsonValue } from './json.ts'
export type {
  ExternalOrganization,
  MappingDraft,
  MappingProblem,
  MatchFields,
  OrganizationMapping,
  SavedMapping,
  TestResult,
} from './mapping.ts'
// With a star, because authors augment IntegrationRegistry and TypeScript merges only into what a star exports.
export * from './registry.ts'
export { defaultRetryPolicy, durationInWords, type RetryOptions, type RetryPolicy, retryDelayMs, retryPolicy } from './retry.ts'
export { parseRetryAfter } from './retry-after.ts'
export { checkSchedule, type MissedRuns, type OrganizationSelection, type Schedule, type ScheduleOptions } from './schedule.ts'
export {
  type Concurrency,
  isWorkflow,
  type NoParameters,
  type ParameterArguments,
  type Workflow,
  type WorkflowDefinition,
  type WorkflowOptions,
  workflow,
} from './workflow.ts'
