/**
 * Generated from client/openapi.json by scripts/generate-client.ts. Not for editing.
 */
import { callApi } from '../http.ts'
export type AuditEventActorType = 'person' | 'api_key' | 'execution' | 'system'
export type AuditEventActor = {
  type: AuditEventActorType
  id: string
  name: string
}

/**
 * What it was done to. `name` where people call it otherwise than by its id: of a mapping, its external organization.
 */
export type AuditEventTarget = {
  type: string
  id: string
  [key: string]: unknown
}

/**
 * Each changed field, before and after.
 */
export type AuditEventChanges = {
  [key: string]: {
    before: unknown
    after: unknown
  }
}

export interface AuditEvent {
  id: string
  at: string
  actor: AuditEventActor
  /** What was done, as `integration_mapping.created`. */
  action: string
  /** The action as a person says it: Mapping changed. */
  summary: string
  org_id: string | null
  /**
   * Its name now; null where it was for all of them.
   * @nullable
   */
  org_name: string | null
  /** What it was done to. `name` where people call it otherwise than by its id: of a mapping, its external organization. */
  target: AuditEventTarget
  /** Each changed field, before and after. */
  changes: AuditEventChanges
  /** @nullable */
  request_id: string | null
  /**
   * From where a request did it. Null of what none did, and of events before this was kept.
   * @nullable
   */
  address: string | null
}

export type ErrorDetails = { [key: string]: unknown }

export interface Error {
  /** A stable code. */
  error: string
  /** What happened and what to do, for a person. */
  message: string
  details: ErrorDetails
  request_id: string
}

export type AuditSinkName = 'syslog' | 'webhook'
export interface AuditSink {
  name: AuditSinkName
  /**
   * The `sequence` of the last event that it has.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  cursor: number
  /**
   * So many events of the chain it does not have yet.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  behind: number
  sent_at: string | null
  /**
   * So often in a row it has failed.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  failures: number
  failing_since: string | null
  /** @nullable */
  last_error: string | null
}

export type AuditChainProblemsItemProblem = 'link_missing' | 'event_missing' | 'event_changed'
export type AuditChainProblemsItem = {
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  sequence: number
  event_id: string | null
  problem: AuditChainProblemsItemProblem
}

/**
 * The last link. Keep it outside, and give it back later.
 */
export type AuditChainHead = {
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  sequence: number
  hash: string
} | null

/**
 * The last event that was deleted for its age: the chain begins behind it.
 */
export type AuditChainAnchor = {
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  sequence: number
  hash: string
  forgotten_at: string
} | null

export interface AuditChain {
  /**
   * So many links were looked at.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  checked: number
  problems: AuditChainProblemsItem[]
  /** Null at the end of the chain. */
  next_cursor: number | null
  /** The last link. Keep it outside, and give it back later. */
  head: AuditChainHead
  /**
   * Whether the chain still has the head that you gave. Null where you gave none, or it was deleted for its age.
   * @nullable
   */
  has_head: boolean | null
  /** The last event that was deleted for its age: the chain begins behind it. */
  anchor: AuditChainAnchor
  /**
   * Events of the last seconds, which are not in the chain yet.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  unlinked: number
}

export type SignedInActorType = 'person' | 'api_key' | 'execution' | 'system'
export type SignedInActor = {
  type: SignedInActorType
  id: string
  name: string
}

/**
 * Who really asks, where somebody views Crosswalk as this person. Nothing can be changed meanwhile.
 */
export type SignedInViewedBy = {
  id: string
  name: string
  /**
   * It ends by itself then.
   */
  until: string
} | null

export interface SignedIn {
  actor: SignedInActor
  permissions: string[]
  /** Who really asks, where somebody views Crosswalk as this person. Nothing can be changed meanwhile. */
  viewed_by: SignedInViewedBy
}

export interface Session {
  id: string
  created_at: string
  /**
   * To about a minute.
   */
  last_used_at: string
  /**
   * It ends then at the latest, and earlier where nobody uses it.
   */
  expires_at: string
  /**
   * Where it was opened from.
   * @nullable
   */
  address: string | null
  /**
   * What the browser called itself then.
   * @nullable
   */
  browser: string | null
  /** True for the session of the caller. */
  is_current: boolean
}

export type MePrincipalType = 'person' | 'api_key' | 'execution' | 'system'
export type MePrincipal = {
  type: MePrincipalType
  id: string
  name: string
}

/**
 * Who really asks, where somebody views Crosswalk as this person. Nothing can be changed meanwhile.
 */
export type MeViewedBy = {
  id: string
  name: string
  /**
   * It ends by itself then.
   */
  until: string
} | null

export type GrantReach =
  | {
      all: true
    }
  | {
      all_but: string[]
    }
  | {
      tags: string[]
    }
  | {
      organizations: string[]
    }

export interface Grant {
  role: string
  reach: GrantReach
  workflows?: string[]
  integrations?: string[]
}

export interface Me {
  principal: MePrincipal
  /** As they were given. Exceptions in all_but are named to those who may give grants, and to others are not. */
  grants: Grant[]
  /** What the grants come to now: for some organization, or for the one that is named. A key has nothing that its maker has not. */
  permissions: string[]
  /** Those of them that you have for all organizations together: what is global, as global config values are, needs that. */
  permissions_for_all: string[]
  /** Who really asks, where somebody views Crosswalk as this person. Nothing can be changed meanwhile. */
  viewed_by: MeViewedBy
}

export type ApiKeyState = 'active' | 'expired' | 'revoked'
/**
 * The key never has more than they have.
 */
export type ApiKeyMadeBy = {
  type: string
  id: string
  name: string
}

/**
 * Who rotated it last, and so has seen its value. When they leave, the value ends.
 */
export type ApiKeyRotatedBy = {
  type: string
  id: string
  name: string
} | null

export interface ApiKey {
  id: string
  name: string
  /** The beginning of the key, by which you know it again. */
  prefix: string
  state: ApiKeyState
  grants: Grant[]
  /** The key never has more than they have. */
  made_by: ApiKeyMadeBy
  /** Addresses and networks that it is taken from. Null: from everywhere. */
  addresses: string[] | null
  created_at: string
  expires_at: string | null
  rotated_at: string | null
  /** Until then the key before the last rotation is taken, too. */
  previous_valid_until: string | null
  revoked_at: string | null
  /** Who rotated it last, and so has seen its value. When they leave, the value ends. */
  rotated_by: ApiKeyRotatedBy
  /** Since then its value is not taken, because who rotated it has left: rotate it. */
  value_ended_at: string | null
  /** To about a minute. */
  last_used_at: string | null
  /** @nullable */
  last_used_address: string | null
}

export type MadeApiKeyState = 'active' | 'expired' | 'revoked'
/**
 * The key never has more than they have.
 */
export type MadeApiKeyMadeBy = {
  type: string
  id: string
  name: string
}

/**
 * Who rotated it last, and so has seen its value. When they leave, the value ends.
 */
export type MadeApiKeyRotatedBy = {
  type: string
  id: string
  name: string
} | null

export interface MadeApiKey {
  id: string
  name: string
  /** The beginning of the key, by which you know it again. */
  prefix: string
  state: MadeApiKeyState
  grants: Grant[]
  /** The key never has more than they have. */
  made_by: MadeApiKeyMadeBy
  /** Addresses and networks that it is taken from. Null: from everywhere. */
  addresses: string[] | null
  created_at: string
  expires_at: string | null
  rotated_at: string | null
  /** Until then the key before the last rotation is taken, too. */
  previous_valid_until: string | null
  revoked_at: string | null
  /** Who rotated it last, and so has seen its value. When they leave, the value ends. */
  rotated_by: MadeApiKeyRotatedBy
  /** Since then its value is not taken, because who rotated it has left: rotate it. */
  value_ended_at: string | null
  /** To about a minute. */
  last_used_at: string | null
  /** @nullable */
  last_used_address: string | null
  /** The key itself. It is shown this once. */
  key: string
}

export interface Device {
  id: string
  name: string
  created_at: string
  expires_at: string | null
  last_used_at: string | null
  /** @nullable */
  last_used_address: string | null
  /**
   * Where it asked from when you let it in.
   * @nullable
   */
  address: string | null
}

export interface Role {
  name: string
  description: string
  permissions: string[]
  /** True for those that come along, which cannot be changed. */
  is_built_in: boolean
}

/**
 * The values of custom fields, by their names: see `GET /api/organization-fields`.
 */
export type OrganizationFields = { [key: string]: string | number | boolean }

export interface Organization {
  id: string
  name: string
  /** Host names in lower case. */
  domains: string[]
  /** @nullable */
  tenant_id: string | null
  /** Words that several organizations have in common, in lower case. */
  tags: string[]
  /** The values of custom fields, by their names: see `GET /api/organization-fields`. */
  fields: OrganizationFields
  is_active: boolean
  created_at: string
  updated_at: string
  /** The entity tag of what can be edited of it: send it as `If-Match` with a change. */
  etag: string
}

export type OrganizationFieldType = 'text' | 'number' | 'yes_no' | 'date' | 'choice' | 'url'
export interface OrganizationField {
  name: string
  label: string
  type: OrganizationFieldType
  /** Those who add an organization or change its fields give it a value. */
  is_required: boolean
  /** Of a choice: what can be chosen. Of other types empty. */
  choices: string[]
  /** The entity tag of what can be edited of it: send it as `If-Match` with a change. */
  etag: string
}

export type SecretScope = 'global' | 'organization'
/**
 * Where its value is kept.
 */
export type SecretBackend = 'database' | 'azure-key-vault'
export interface Secret {
  key: string
  scope: SecretScope
  org_id: string | null
  updated_at: string
  /** The name of who set it. */
  updated_by: string
  /** Where its value is kept. */
  backend: SecretBackend
  /**
   * One more with each value that is set.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  version: number
  /** You are warned 14 days before. It works on. */
  expires_at: string | null
}

export type SecretDetailsScope = 'global' | 'organization'
/**
 * Where its value is kept.
 */
export type SecretDetailsBackend = 'database' | 'azure-key-vault'
export type SecretDetailsVersionsItem = {
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  version: number
  is_current: boolean
  /** Null where that was not kept yet. */
  set_at: string | null
  /** @nullable */
  set_by: string | null
}

export type SecretDetailsDeclaredByItem = {
  integration_name: string
  display_name: string
  label: string
}

export type SecretDetailsReadByItem = {
  /** As `workflow` or `discovery`. */
  kind: string
  name: string
  /**
   * The last one that read it.
   */
  execution_id: string
  read_at: string
}

export type SecretDetailsLastRead = {
  /** As `workflow` or `discovery`. */
  kind: string
  name: string
  /**
   * The last one that read it.
   */
  execution_id: string
  read_at: string
} | null

export interface SecretDetails {
  key: string
  scope: SecretDetailsScope
  org_id: string | null
  updated_at: string
  /** The name of who set it. */
  updated_by: string
  /** Where its value is kept. */
  backend: SecretDetailsBackend
  /**
   * One more with each value that is set.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  version: number
  /** You are warned 14 days before. It works on. */
  expires_at: string | null
  /** The newest first: what it is, and up to nine that you can return to. */
  versions: SecretDetailsVersionsItem[]
  /** Integrations that say they need this key. */
  declared_by: SecretDetailsDeclaredByItem[]
  /** What read it, each with its last execution that is still kept, the last first. */
  read_by: SecretDetailsReadByItem[]
  last_read: SecretDetailsLastRead
}

export type ConfigScope = 'global' | 'organization'
export interface Config {
  key: string
  scope: ConfigScope
  org_id: string | null
  /** Any JSON. */
  value: unknown
  updated_at: string
  /** The name of who set it. */
  updated_by: string
  /** The entity tag of what can be edited of it: send it as `If-Match` with a change. */
  etag: string
}

/**
 * What tells it from others: names, and never a value.
 */
export type VendorCredential = {
  /** Of the secrets and config values that it is made of. */
  keys: string[]
  /**
   * At the vendor.
   * @nullable
   */
  tenant: string | null
  /** @nullable */
  connection: string | null
  /**
   * The mapping whose connection it is.
   * @nullable
   */
  mapping_id: string | null
}

export type VendorLimitsItem =
  | {
      /**
       * @minimum -9007199254740991
       * @maximum 9007199254740991
       */
      requests: number
      /**
       * @minimum -9007199254740991
       * @maximum 9007199254740991
       */
      per_ms: number
      window: 'sliding' | 'fixed'
      /**
       * So many of `requests` are used at most; the rest is for the other users of the vendor.
       * @minimum -9007199254740991
       * @maximum 9007199254740991
       */
      usable: number
      /**
       * What counts at this moment.
       * @minimum -9007199254740991
       * @maximum 9007199254740991
       */
      used: number
    }
  | {
      /**
       * @minimum -9007199254740991
       * @maximum 9007199254740991
       */
      parallel: number
      /**
       * Places that workers hold at this moment.
       * @minimum -9007199254740991
       * @maximum 9007199254740991
       */
      used: number
    }

/**
 * Calls that wait for the budget.
 */
export type VendorWaiting = {
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  people: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  background: number
}

/**
 * The vendor asked for a pause.
 */
export type VendorPaused = {
  until: string
  reason: string
} | null

/**
 * It is not called for now, since the last calls to it failed; `until` may be past: then one call tries it.
 */
export type VendorDown = {
  until: string
  reason: string
  /** So many organizations wait, and others call it with that credential; null where nobody does. */
  organizations: number | null
} | null

export interface Vendor {
  id: string
  /**
   * Null where workflows call the host themselves.
   * @nullable
   */
  integration_name: string | null
  host: string
  /** Whose credential it is; null where it is global. */
  org_id: string | null
  /** What tells it from others: names, and never a value. */
  credential: VendorCredential
  limits: VendorLimitsItem[]
  /** Calls that wait for the budget. */
  waiting: VendorWaiting
  /** The vendor asked for a pause. */
  paused: VendorPaused
  /** It is not called for now, since the last calls to it failed; `until` may be past: then one call tries it. */
  down: VendorDown
  /**
   * To the minute.
   */
  last_used_at: string
}

/**
 * Of whom a second factor is asked where they sign in with a password.
 */
export type SignInSettingsSecondFactor = 'optional' | 'administrators' | 'everyone'
export type SignInSettingsSingleSignOnGroupGrantsItem = {
  group: string
  grants: Grant[]
}

export type SignInSettingsSingleSignOn = {
  name: string
  issuer: string
  client_id: string
  has_client_secret: boolean
  groups_claim: string
  group_grants: SignInSettingsSingleSignOnGroupGrantsItem[]
  default_grants: Grant[]
  creates_people: boolean
  trusts_addresses: boolean
  manages_grants: boolean
  is_only: boolean
} | null

export interface SignInSettings {
  /** Of whom a second factor is asked where they sign in with a password. */
  second_factor: SignInSettingsSecondFactor
  single_sign_on: SignInSettingsSingleSignOn
  /** What the provider must be told: where people come back to, by the name that you called this by. */
  redirect_uri: string
}

/**
 * Who is invited has nothing to sign in with yet.
 */
export type PersonState = 'active' | 'invited' | 'deactivated'
export type PersonSignsInWithItem = 'password' | 'single_sign_on' | 'passkey'
export interface Person {
  id: string
  email: string
  name: string
  /** Who is invited has nothing to sign in with yet. */
  state: PersonState
  grants: Grant[]
  signs_in_with: PersonSignsInWithItem[]
  has_second_factor: boolean
  last_signed_in_at: string | null
  created_at: string
}

export type PersonLinkKind = 'invitation' | 'reset'
export interface PersonLink {
  kind: PersonLinkKind
  /** Works once, and is shown once. */
  url: string
  expires_at: string
  /** True where it was sent to the person by mail. */
  is_mailed: boolean
  /**
   * Why it was not, although mail is set up.
   * @nullable
   */
  mail_problem: string | null
}

export interface Passkey {
  id: string
  /** @nullable */
  name: string | null
  /** True where it is on several devices of the person. */
  is_backed_up: boolean
  created_at: string
}

/**
 * A resource of RFC 7643, or a list of such.
 */
export interface ScimResource {
  schemas: string[]
  [key: string]: unknown
}

/**
 * `failing`: renewals fail and are tried again. `waiting`: someone has to connect again.
 */
export type VendorConnectionStatus = 'connected' | 'failing' | 'waiting'
export type VendorConnectionLastError = {
  kind: string
  /**
   * `renewal_lost`: a renewal was cut off, and the vendor refuses the refresh token that is kept.
   * @nullable
   */
  code: string | null
  message: string
  at: string | null
} | null

export interface VendorConnection {
  id: string
  integration_name: string
  /** As the integration declares it. */
  name: string
  /** Null: it is one for all. */
  org_id: string | null
  mapping_id: string | null
  /**
   * Which account it is of there, where the vendor says.
   * @nullable
   */
  external_id: string | null
  /** `failing`: renewals fail and are tried again. `waiting`: someone has to connect again. */
  status: VendorConnectionStatus
  connected_by: string
  connected_at: string
  /** Of the token; it is renewed before. Null where the vendor does not say. */
  expires_at: string | null
  last_renewed_at: string | null
  failing_since: string | null
  last_error: VendorConnectionLastError
}

/**
 * `refused`: the vendor answered otherwise. `unreachable`: it may have it or not. `not_asked`: there was nothing to ask it with.
 */
export type RevokedConnectionAtVendorOutcome = 'revoked' | 'refused' | 'unreachable' | 'not_asked'
export type RevokedConnectionAtVendor = {
  /** `refused`: the vendor answered otherwise. `unreachable`: it may have it or not. `not_asked`: there was nothing to ask it with. */
  outcome: RevokedConnectionAtVendorOutcome
  /**
   * Who was asked.
   * @nullable
   */
  host: string | null
  /** What it answered. */
  status: number | null
  /**
   * OAuth's word in its answer, such as `invalid_client`.
   * @nullable
   */
  vendor_code: string | null
  /** What happened at the vendor, and what is left to do there. */
  message: string
}

export interface RevokedConnection {
  at_vendor: RevokedConnectionAtVendor
}

export interface ConnectionLink {
  id: string
  integration_name: string
  /** As the integration declares it. */
  name: string
  /** Null: it is one for all. */
  org_id: string | null
  mapping_id: string | null
  made_by: string
  expires_at: string
}

/**
 * `token`: a request for a token that a call needed. No bodies of it are kept, and it is not in the figures of requests.
 */
export type ExchangePurpose = 'call' | 'token'
/**
 * Null where the call succeeded. With a status below 400 it failed by what was answered, such as a web page where JSON was asked for.
 */
export type ExchangeError = {
  /** The kind of `vendor_error`. */
  kind: string
  /** @nullable */
  message: string | null
} | null

export interface Exchange {
  id: string
  /**
   * The name of the step that made it; null outside of any.
   * @nullable
   */
  step: string | null
  /**
   * The same as `idempotency_key` of that step.
   * @nullable
   */
  step_idempotency_key: string | null
  /**
   * Null where a workflow made it itself.
   * @nullable
   */
  integration_name: string | null
  /** `token`: a request for a token that a call needed. No bodies of it are kept, and it is not in the figures of requests. */
  purpose: ExchangePurpose
  method: string
  /** With the port, where it is not the one of the scheme. */
  host: string
  /** All of it without the query. Secrets show as `[secret]`. */
  url: string
  /** Without the query. Secrets show as `[secret]`. */
  path: string
  /**
   * 1 for the first.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  attempt: number
  /** Of the answer; null where none came. */
  status: number | null
  /** Null where the call succeeded. With a status below 400 it failed by what was answered, such as a web page where JSON was asked for. */
  error: ExchangeError
  request_bytes: number
  response_bytes: number
  /** How long it waited for the budget of the vendor. */
  waited_ms: number
  started_at: string
  /**
   * From the start to the answer's head.
   * @nullable
   */
  first_byte_ms: number | null
  /** From the start to the end of the answer: the time at the vendor. */
  duration_ms: number
  /**
   * The first 8 KiB, where `CROSSWALK_RECORD_BODIES=failures` and it failed.
   * @nullable
   */
  request_body: string | null
  /** @nullable */
  response_body: string | null
}

/**
 * JSON Schema, draft 2020-12.
 */
export type IntegrationMappingDataSchema = { [key: string]: unknown }

/**
 * `read`: its code reads secrets. `named`: the platform puts them into requests.
 */
export type IntegrationCredentials = 'named' | 'read'
/**
 * One for all, one for each organization, or one for each mapping.
 */
export type IntegrationConnectionsItemOwner = 'global' | 'organization' | 'mapping'
export type IntegrationConnectionsItem = {
  name: string
  label: string
  /** One for all, one for each organization, or one for each mapping. */
  owner: IntegrationConnectionsItemOwner
  /** True if it is made: the one for all, or that of the organization that was asked for; without one, of any within reach. */
  is_connected: boolean
  /** True if the vendor is asked to end the consent when the connection is revoked. */
  is_revoked_at_vendor: boolean
}

export type IntegrationRequiredSecretsItem = {
  key: string
  label: string
  required: boolean
  /** @nullable */
  description: string | null
  /** True if the organization that was asked for has a value, its own or a global one; without one, if there is a global one. */
  is_set: boolean
}

export type IntegrationRequiredConfigItem = {
  key: string
  label: string
  required: boolean
  /** @nullable */
  description: string | null
  /** True if the organization that was asked for has a value, its own or a global one; without one, if there is a global one. */
  is_set: boolean
}

export interface Integration {
  name: string
  display_name: string
  description: string
  supports_org_mapping: boolean
  supports_discovery: boolean
  /** True if several organizations may be mapped to the same external organization. */
  shared_external_orgs: boolean
  /** JSON Schema, draft 2020-12. */
  mapping_data_schema: IntegrationMappingDataSchema
  /** `read`: its code reads secrets. `named`: the platform puts them into requests. */
  credentials: IntegrationCredentials
  /** What a person connects at the vendor. */
  connections: IntegrationConnectionsItem[]
  required_secrets: IntegrationRequiredSecretsItem[]
  required_config: IntegrationRequiredConfigItem[]
  discovery_cache_seconds: number
  /** Where in the workspace it is written, or in @crosswalk/integrations. */
  file: string
  /** True if it comes along with Crosswalk, and no file of the workspace takes its place. */
  is_ready_made: boolean
  /** False if it is switched off: then nothing uses it, and its mappings are kept. */
  is_on: boolean
  /** True if every secret and config value that it requires is set (`is_set`), and every connection is made. */
  is_connected: boolean
}

/**
 * A file of the workspace that is not published, and why.
 */
export interface DefinitionProblem {
  file: string
  reason: string
}

export type WorkspaceProblemsItemKind = 'integration' | 'workflow' | 'data_provider'
export type WorkspaceProblemsItem = {
  kind: WorkspaceProblemsItemKind
  file: string
  reason: string
  since: string
  /** True where all that the file defines is published in spite of it. */
  is_warning: boolean
}

export type WorkspaceNotLoadedItemKind = 'integration' | 'workflow' | 'data_provider'
export type WorkspaceNotLoadedItem = {
  kind: WorkspaceNotLoadedItemKind
  name: string
  file: string
  since: string
  /**
   * What is wrong with its file; null where the file loads without it, or is gone.
   * @nullable
   */
  reason: string | null
}

export interface Workspace {
  /**
   * Integrations, workflows and data providers that load.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  loaded: number
  problems: WorkspaceProblemsItem[]
  /** What was published and does not load any more. It is kept, and cannot be run, until it loads or its removal is confirmed. */
  not_loaded: WorkspaceNotLoadedItem[]
}

export type MappingMappingData = { [key: string]: unknown }

export type MappingProblemsItem = {
  problem: string
  /**
   * What to do about it.
   * @nullable
   */
  remedy: string | null
  /**
   * The page where it is repaired.
   * @nullable
   */
  repair_url: string | null
  /**
   * The vendor's own code, as `AADSTS65001`.
   * @nullable
   */
  code: string | null
  /**
   * From when on calls fail, where they do not yet.
   * @nullable
   */
  due_at: string | null
}

export interface Mapping {
  id: string
  org_id: string
  integration_name: string
  /** As the outside system spells it. */
  external_org_id: string
  external_org_name: string
  mapping_data: MappingMappingData
  is_active: boolean
  created_at: string
  created_by: string
  updated_at: string
  updated_by: string
  last_tested_at: string | null
  /** @nullable */
  last_test_success: boolean | null
  /**
   * The last test's message.
   * @nullable
   */
  last_test_result: string | null
  /** When a test since then was not made, for instance because the vendor asked to wait. Null where the last one was. */
  last_not_tested_at: string | null
  /**
   * Why it was not made. It says nothing about the mapping.
   * @nullable
   */
  last_not_tested_reason: string | null
  /** Since when `problems` has something to repair; null where it has not. */
  needs_repair_since: string | null
  /** When a workflow last reported the health of this mapping; null where none did. */
  health_checked_at: string | null
  /** What a workflow reported that a person has to repair. */
  problems: MappingProblemsItem[]
  /** The entity tag of what can be edited of it: send it as `If-Match` with a change. */
  etag: string
}

/**
 * What the integration adds, with `execution_id` and, for a failure, `guidance`. `not_tested` where the test was not made, with the reason (`vendor_busy`, `no_worker`, `still_running`, `cancelled`, …): then `success` is false and nothing is said about the mapping.
 */
export type ConnectionTestDetails = { [key: string]: unknown }

export interface ConnectionTest {
  success: boolean
  /** What the integration found; for a failure, with what to do about it. */
  message: string
  /** What the integration adds, with `execution_id` and, for a failure, `guidance`. `not_tested` where the test was not made, with the reason (`vendor_busy`, `no_worker`, `still_running`, `cancelled`, …): then `success` is false and nothing is said about the mapping. */
  details: ConnectionTestDetails
}

export type DiscoveredOrganizationsOrganizationsItemMetadata = { [key: string]: unknown }

export type DiscoveredOrganizationsOrganizationsItem = {
  id: string
  name: string
  metadata: DiscoveredOrganizationsOrganizationsItemMetadata
}

/**
 * What went wrong after this list was made.
 */
export type DiscoveredOrganizationsLastError = {
  error: string
  message: string
  at: string
} | null

export interface DiscoveredOrganizations {
  /** In the vendor's order, without those that are gone. */
  organizations: DiscoveredOrganizationsOrganizationsItem[]
  cached_at: string
  cache_expires_at: string
  /** True if the list has expired and could not be refreshed. */
  stale: boolean
  /** What went wrong after this list was made. */
  last_error: DiscoveredOrganizationsLastError
}

export type DiscoveryRunningStatus = 'pending' | 'running' | 'waiting' | 'success' | 'failed' | 'timeout' | 'cancelling' | 'cancelled'
export interface DiscoveryRunning {
  execution_id: string
  status: DiscoveryRunningStatus
}

export type ExternalOrganizationMetadata = { [key: string]: unknown }

export type ExternalOrganizationPreviousNamesItem = {
  name: string
  until: string
}

/**
 * Which organization is mapped to it, among those within reach.
 */
export type ExternalOrganizationMapped = {
  org_id: string
  org_name: string
  mapping_id: string
} | null

export interface ExternalOrganization {
  id: string
  name: string
  metadata: ExternalOrganizationMetadata
  /** Those that its metadata names, as a domain, an e-mail address or a web address; free mail aside. */
  domains: string[]
  first_seen_at: string
  last_seen_at: string
  /** When a complete list did not have it any more. */
  gone_at: string | null
  /** Oldest first. */
  previous_names: ExternalOrganizationPreviousNamesItem[]
  /** Which organization is mapped to it, among those within reach. */
  mapped: ExternalOrganizationMapped
}

export type DiscoveryRunStatus = 'running' | 'success' | 'failed'
export type DiscoveryRunError = {
  type: string
  message: string
} | null

export interface DiscoveryRun {
  id: string
  execution_id: string
  status: DiscoveryRunStatus
  started_at: string
  ended_at: string | null
  /**
   * How many it has seen; known when it has ended.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  organization_count: number
  error: DiscoveryRunError
}

export type MappingOfAllMappingData = { [key: string]: unknown }

export type MappingOfAllProblemsItem = {
  problem: string
  /**
   * What to do about it.
   * @nullable
   */
  remedy: string | null
  /**
   * The page where it is repaired.
   * @nullable
   */
  repair_url: string | null
  /**
   * The vendor's own code, as `AADSTS65001`.
   * @nullable
   */
  code: string | null
  /**
   * From when on calls fail, where they do not yet.
   * @nullable
   */
  due_at: string | null
}

/**
 * What discovery learned last of the external organization: `renamed` where the mapping bears a name that the vendor used before, `gone` where a complete list did not have it any more, `unknown` where no list had it yet.
 */
export type MappingOfAllExternalState = 'present' | 'renamed' | 'gone' | 'unknown'
export interface MappingOfAll {
  id: string
  org_id: string
  integration_name: string
  /** As the outside system spells it. */
  external_org_id: string
  external_org_name: string
  mapping_data: MappingOfAllMappingData
  is_active: boolean
  created_at: string
  created_by: string
  updated_at: string
  updated_by: string
  last_tested_at: string | null
  /** @nullable */
  last_test_success: boolean | null
  /**
   * The last test's message.
   * @nullable
   */
  last_test_result: string | null
  /** When a test since then was not made, for instance because the vendor asked to wait. Null where the last one was. */
  last_not_tested_at: string | null
  /**
   * Why it was not made. It says nothing about the mapping.
   * @nullable
   */
  last_not_tested_reason: string | null
  /** Since when `problems` has something to repair; null where it has not. */
  needs_repair_since: string | null
  /** When a workflow last reported the health of this mapping; null where none did. */
  health_checked_at: string | null
  /** What a workflow reported that a person has to repair. */
  problems: MappingOfAllProblemsItem[]
  /** The entity tag of what can be edited of it: send it as `If-Match` with a change. */
  etag: string
  org_name: string
  org_is_active: boolean
  /** What discovery learned last of the external organization: `renamed` where the mapping bears a name that the vendor used before, `gone` where a complete list did not have it any more, `unknown` where no list had it yet. */
  external_state: MappingOfAllExternalState
  /**
   * What the vendor calls it now, where it is renamed.
   * @nullable
   */
  external_renamed_to: string | null
  external_gone_since: string | null
}

export type TestCauseMappingsItem = {
  mapping_id: string
  org_id: string
  org_name: string
  external_org_name: string
}

export interface TestCause {
  /** Names the cause where its mappings are listed or tested again. */
  cause: string
  /**
   * So many mappings fail for it.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  integration_name: string
  /** Of the newest test. */
  message: string
  /**
   * What to do about it, where that is known.
   * @nullable
   */
  guidance: string | null
  /**
   * Where what to do is known: `credentials`, `secret_missing`, `unknown_id`, `network` and so on.
   * @nullable
   */
  failure_kind: string | null
  newest_at: string
  /** The newest hundred. */
  mappings: TestCauseMappingsItem[]
}

export type MappedOrganizationCountsIntegrationsItem = {
  integration_name: string
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  mapped_organizations: number
}

export interface MappedOrganizationCounts {
  integrations: MappedOrganizationCountsIntegrationsItem[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  active_organizations: number
}

export interface MappedOrganization {
  id: string
  name: string
  /** The active ones of this integration, oldest first. */
  mappings: MappingOfAll[]
}

export type MatchCandidatesItemMetadata = { [key: string]: unknown }

export type MatchCandidatesItemReason = 'same_reference' | 'same_tenant' | 'same_domain' | 'same_name' | 'similar_name'
export type MatchCandidatesItem = {
  external_org_id: string
  external_org_name: string
  metadata: MatchCandidatesItemMetadata
  reason: MatchCandidatesItemReason
  /**
   * 1 for a shared id or tenant, 0.9 and more for the same domain or name, less for a similar name.
   * @minimum 0
   * @maximum 1
   */
  score: number
  /**
   * What the two have in common: a domain, `tenant <id>` of a Microsoft tenant, or `<integration> <id>`; null for names.
   * @nullable
   */
  shared: string | null
}

export interface Match {
  org_id: string
  org_name: string
  domains: string[]
  /** The best first, at most 5. None of them is held by another organization. */
  candidates: MatchCandidatesItem[]
  /**
   * The external id of the only candidate with an id in another system or a Microsoft tenant in common, or else with the same name or a domain in common, unless it is that of another unmapped organization, too. Whatever is not sure is null, for a person to choose.
   * @nullable
   */
  preselected: string | null
}

export type ImportedRowOutcome = 'new' | 'changed' | 'same' | 'refused'
export interface ImportedRow {
  /**
   * Where the row begins in the file, from 1.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  line: number
  name: string
  outcome: ImportedRowOutcome
  /** The organization that it is of; null for a new one. */
  org_id: string | null
  /** What it sets or changes, by the names of the columns. */
  changes: string[]
  problems: string[]
}

/**
 * JSON Schema, draft 2020-12.
 */
export type DataProviderParametersSchema = { [key: string]: unknown }

export interface DataProvider {
  name: string
  description: string
  category: string
  /** JSON Schema, draft 2020-12. */
  parameters_schema: DataProviderParametersSchema
  /** How long options are kept; 0 asks each time. */
  cache_seconds: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  timeout_ms: number
  /** Where in the workspace it is written. */
  file: string
}

export type BatchKind = 'workflow' | 'connection_test'
export type BatchParameters = { [key: string]: unknown }

/**
 * `expanding`: not all executions are submitted yet. `finished`: all have ended, whatever the outcome.
 */
export type BatchStatus = 'expanding' | 'running' | 'paused' | 'finished' | 'cancelled'
/**
 * By the status of the newest attempt. `failed`: its code threw, or it is a connection test that found a failure, though its execution succeeded. `not_tested`: a connection test that was not made, for instance because the vendor asked to wait. `waiting`: asleep, or waiting for an event or a person. `skipped`: not active any more when its turn came. `expired`: not kept any more.
 */
export type BatchCounts = {
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  pending: number
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  running: number
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  waiting: number
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  success: number
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  failed: number
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  timeout: number
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  not_tested: number
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  cancelling: number
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  cancelled: number
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  skipped: number
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  expired: number
}

export type BatchCaller = {
  type: string
  id: string
  name: string
}

export interface Batch {
  batch_id: string
  kind: BatchKind
  /** The workflow; of connection tests, the schedule that ordered them, or `test_mappings`. */
  workflow_name: string
  /** As they were selected: `all`, `mapped:<integration>` or a list of ids. */
  organizations: string | string[]
  parameters: BatchParameters
  /** `expanding`: not all executions are submitted yet. `finished`: all have ended, whatever the outcome. */
  status: BatchStatus
  is_paused: boolean
  /**
   * @minimum 0
   * @maximum 9007199254740991
   */
  total: number
  /**
   * Of `total`, those that have ended or were skipped.
   * @minimum 0
   * @maximum 9007199254740991
   */
  done: number
  /** By the status of the newest attempt. `failed`: its code threw, or it is a connection test that found a failure, though its execution succeeded. `not_tested`: a connection test that was not made, for instance because the vendor asked to wait. `waiting`: asleep, or waiting for an event or a person. `skipped`: not active any more when its turn came. `expired`: not kept any more. */
  counts: BatchCounts
  caller: BatchCaller
  /**
   * The schedule that made it, by its workflow.
   * @nullable
   */
  schedule: string | null
  /** When the schedule was due; null where someone asked for the run. */
  due_at: string | null
  created_at: string
  completed_at: string | null
}

/**
 * As its execution is; but `failed` for a connection test that found a failure, whose execution succeeded, and `not_tested` for one that was not made.
 */
export type BatchExecutionStatus =
  | 'pending'
  | 'running'
  | 'waiting'
  | 'success'
  | 'failed'
  | 'timeout'
  | 'not_tested'
  | 'cancelling'
  | 'cancelled'
  | 'skipped'
  | 'expired'
/**
 * `code` where the error has one, `stack` into the author's file, and what the error itself brought.
 */
export type BatchExecutionErrorDetails = { [key: string]: unknown }

/**
 * Why it failed, in short; of a connection test that found a failure, what the test says.
 */
export type BatchExecutionError = {
  /** The class of the error, as its author named it. */
  type: string
  message: string
  /** `code` where the error has one, `stack` into the author's file, and what the error itself brought. */
  details: BatchExecutionErrorDetails
} | null

export interface BatchExecution {
  org_id: string
  org_name: string
  /** The mapping that is tested; null for a workflow. */
  mapping_id: string | null
  /** As its execution is; but `failed` for a connection test that found a failure, whose execution succeeded, and `not_tested` for one that was not made. */
  status: BatchExecutionStatus
  /**
   * @minimum 1
   * @maximum 9007199254740991
   */
  attempt: number
  /** Null until it is submitted, and where it was skipped. */
  execution_id: string | null
  /** What it returned; null until it has. Of one that is larger than 16 KiB as JSON, how that begins, as text: the execution has it whole. */
  result: unknown
  /** True where `result` is only the beginning. */
  result_truncated: boolean
  /** Why it failed, in short; of a connection test that found a failure, what the test says. */
  error: BatchExecutionError
  /** @nullable */
  duration_ms: number | null
  started_at: string | null
  completed_at: string | null
}

export type FailureCauseExecutionsItem = {
  execution_id: string
  workflow_name: string
  org_id: string | null
  /** @nullable */
  org_name: string | null
}

export interface FailureCause {
  /** Names the cause where what failed for it is tried again. */
  cause: string
  /**
   * So many executions failed for it.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  code: string | null
  /**
   * The class of the error, as its author named it.
   * @nullable
   */
  type: string | null
  /** Of the newest of them. */
  message: string
  /**
   * What to do about it, where that is known.
   * @nullable
   */
  guidance: string | null
  /** @nullable */
  integration_name: string | null
  /**
   * Where an integration failed and what to do is known: `credentials`, `secret_missing`, `unknown_id`, `network` and so on.
   * @nullable
   */
  failure_kind: string | null
  /**
   * The mapping that was named and is not there, or not active.
   * @nullable
   */
  mapping_id: string | null
  newest_at: string
  /** The newest hundred. */
  executions: FailureCauseExecutionsItem[]
}

/**
 * `closed`: the execution ended before anybody decided.
 */
export type ApprovalStatus = 'open' | 'approved' | 'rejected' | 'expired' | 'closed'
export type ApprovalRequestedByType = 'person' | 'api_key' | 'execution' | 'system'
/**
 * Who started the execution.
 */
export type ApprovalRequestedBy = {
  type: ApprovalRequestedByType
  id: string
  name: string
}

/**
 * Who is asked: any of these, with the permission canApprove. Null: the provider’s people with that permission; null also for a customer’s user.
 */
export type ApprovalApprovers = {
  /** E-mail addresses. */
  people: string[]
  roles: string[]
  /** Users of the organization itself. */
  customer: boolean
} | null

/**
 * The people who may decide now: how many, and the first of them by name. Null once it is decided, and for a customer’s user.
 */
export type ApprovalDeciders = {
  names: string[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
} | null

/**
 * Whether you may decide it, or why not.
 */
export type ApprovalYouMay = 'decide' | 'not_own_request' | 'not_asked'
export type ApprovalDecidedByType = 'person' | 'api_key' | 'execution' | 'system'
export type ApprovalDecidedBy = {
  type: ApprovalDecidedByType
  id: string
  name: string
} | null

export interface Approval {
  id: string
  org_id: string
  /** @nullable */
  org_name: string | null
  execution_id: string
  workflow_name: string
  title: string
  /** @nullable */
  message: string | null
  /** What the workflow shows for the decision: any JSON, or null. Text of it is no HTML. */
  details: unknown
  /** `closed`: the execution ended before anybody decided. */
  status: ApprovalStatus
  /** Who started the execution. */
  requested_by: ApprovalRequestedBy
  /** Who is asked: any of these, with the permission canApprove. Null: the provider’s people with that permission; null also for a customer’s user. */
  approvers: ApprovalApprovers
  /** Whether who started the execution may decide as well. */
  requester_may_decide: boolean
  /** The people who may decide now: how many, and the first of them by name. Null once it is decided, and for a customer’s user. */
  deciders: ApprovalDeciders
  /** Whether you may decide it, or why not. */
  you_may: ApprovalYouMay
  created_at: string
  expires_at: string
  decided_at: string | null
  decided_by: ApprovalDecidedBy
  /**
   * What was said with the decision.
   * @nullable
   */
  comment: string | null
}

/**
 * `customers`: every customer’s user whose grant names no workflows may send it as a form. Null: those whose grants name it.
 */
export type WorkflowOfferedTo = 'customers' | null
/**
 * JSON Schema, draft 2020-12.
 */
export type WorkflowParametersSchema = { [key: string]: unknown }

export type WorkflowSchedule = { [key: string]: unknown } | null

/**
 * Executions of it that run at once: for one organization, and in all. Null is no limit of its own.
 */
export type WorkflowConcurrency = {
  per_organization: number | null
  total: number | null
}

export interface Workflow {
  /** Its id: what executions, grants and schedules refer to. */
  name: string
  /** What people read: the name where its author gave no other. */
  display_name: string
  /** `customers`: every customer’s user whose grant names no workflows may send it as a form. Null: those whose grants name it. */
  offered_to: WorkflowOfferedTo
  description: string
  category: string
  tags: string[]
  /** JSON Schema, draft 2020-12. */
  parameters_schema: WorkflowParametersSchema
  schedule: WorkflowSchedule
  /** Executions of it that run at once: for one organization, and in all. Null is no limit of its own. */
  concurrency: WorkflowConcurrency
  /**
   * How long an execution may run. Waits of 30 seconds and more do not count.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  timeout_ms: number
  /** How long an execution may take from its start, waits included. Null is no limit. */
  deadline_ms: number | null
  /** Where in the workspace it is written. */
  file: string
}

export type ExecutedWorkflowStatus = 'pending' | 'running' | 'waiting' | 'success' | 'failed' | 'timeout' | 'cancelling' | 'cancelled'
/**
 * `code` where the error has one, `stack` into the author's file, and what the error itself brought.
 */
export type ExecutedWorkflowErrorDetails = { [key: string]: unknown }

export type ExecutedWorkflowError = {
  /** The class of the error, as its author named it. */
  type: string
  message: string
  /** `code` where the error has one, `stack` into the author's file, and what the error itself brought. */
  details: ExecutedWorkflowErrorDetails
} | null

export interface ExecutedWorkflow {
  execution_id: string
  /** The name of what runs: a workflow, an integration or a data provider. */
  workflow_name: string
  status: ExecutedWorkflowStatus
  /** What the author’s code returned; null until it has. */
  result: unknown
  error: ExecutedWorkflowError
  /** Milliseconds from the start to the end, or until now. */
  duration_ms: number | null
  started_at: string | null
  completed_at: string | null
}

/**
 * JSON Schema, draft 2020-12.
 */
export type FormParametersSchema = { [key: string]: unknown }

export type FormDataProvidersItem = {
  name: string
  fields: string[]
}

export type FormOrganizationsItem = {
  id: string
  name: string
}

export interface Form {
  /** The name of its workflow. */
  id: string
  /** What people read: the id where its author gave no other. */
  display_name: string
  description: string
  /** JSON Schema, draft 2020-12. */
  parameters_schema: FormParametersSchema
  /** Where fields get their options, and the fields that these depend on. */
  data_providers: FormDataProvidersItem[]
  /** For whom you may send it: the first 200. */
  organizations: FormOrganizationsItem[]
}

export type SubmissionStatus = 'pending' | 'running' | 'waiting' | 'success' | 'failed' | 'timeout' | 'cancelling' | 'cancelled'
/**
 * What you entered. Of one submission only; a list has none.
 */
export type SubmissionParameters = { [key: string]: unknown }

export type SubmissionProgress = {
  done: number
  /** @nullable */
  total: number | null
} | null

/**
 * What went wrong; null without the permission canSeeResults: it may say how systems are built.
 */
export type SubmissionError = {
  message: string
} | null

/**
 * `open` while it waits for a person; `closed` where it ended before anybody decided.
 */
export type SubmissionApprovalStatus = 'open' | 'approved' | 'rejected' | 'expired' | 'closed'
/**
 * The last that it asked of people, and of several at once what is open or was refused. Null where it asked nothing.
 */
export type SubmissionApproval = {
  /** `open` while it waits for a person; `closed` where it ended before anybody decided. */
  status: SubmissionApprovalStatus
  /**
   * Until when somebody may decide.
   */
  expires_at: string
  decided_at: string | null
  /**
   * What was said with the decision.
   * @nullable
   */
  comment: string | null
} | null

export interface Submission {
  id: string
  form_id: string
  /** What people read: the id where its author gave no other, or where it is not there any more. */
  form_name: string
  org_id: string
  /** @nullable */
  org_name: string | null
  status: SubmissionStatus
  /** What you entered. Of one submission only; a list has none. */
  parameters: SubmissionParameters
  progress: SubmissionProgress
  /** What came of it; null without the permission canSeeResults, and until it has ended. */
  result: unknown
  /** What went wrong; null without the permission canSeeResults: it may say how systems are built. */
  error: SubmissionError
  /** The last that it asked of people, and of several at once what is open or was refused. Null where it asked nothing. */
  approval: SubmissionApproval
  created_at: string
  completed_at: string | null
}

export type ScheduleDeclaredMissed = 'skip' | 'catch_up'
/**
 * What its author declared, or what comes with the platform: what DELETE takes it back to. Null where nothing is declared.
 */
export type ScheduleDeclared = {
  cron: string
  time_zone: string
  /** `all`, `mapped:<integration>` or ids; of those, the ones that you may act for. */
  organizations: string | string[]
  missed: ScheduleDeclaredMissed
} | null

export type ScheduleMissed = 'skip' | 'catch_up'
export type ScheduleParameters = { [key: string]: unknown }

/**
 * Who set it, and whom its runs act for. Null where it runs as its author declared it. It stops when they may not run it any more.
 */
export type ScheduleSetBy = {
  type: string
  id: string
  name: string
} | null

/**
 * Why the last due run was not started, or why this one is never due.
 */
export type ScheduleLastError = {
  error: string
  message: string
  at: string
} | null

export interface Schedule {
  /** The workflow, or what the platform brings along. */
  workflow_name: string
  is_built_in: boolean
  /** False where it was only set here: then DELETE leaves nothing. */
  is_declared: boolean
  /** True where something was set in place of what is declared, or it is paused. */
  is_changed: boolean
  /** What its author declared, or what comes with the platform: what DELETE takes it back to. Null where nothing is declared. */
  declared: ScheduleDeclared
  cron: string
  time_zone: string
  /** `all`, `mapped:<integration>` or ids; of those, the ones that you may act for. */
  organizations: string | string[]
  missed: ScheduleMissed
  parameters: ScheduleParameters
  /** Who set it, and whom its runs act for. Null where it runs as its author declared it. It stops when they may not run it any more. */
  set_by: ScheduleSetBy
  is_paused: boolean
  next_run_at: string | null
  last_run_at: string | null
  last_batch_id: string | null
  /** Why the last due run was not started, or why this one is never due. */
  last_error: ScheduleLastError
  /** Since when its workflow does not load; it does not run meanwhile. See `/api/workspace`. */
  not_loaded_since: string | null
  /** The entity tag of what can be edited of it: send it as `If-Match` with a change. */
  etag: string
}

export interface StartedDiscoveries {
  workflow_name: string
  /**
   * How many discoveries begin now. 0: no integration has its credentials set.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  discoveries: number
}

export type ExecutionSummaryStatus = 'pending' | 'running' | 'waiting' | 'success' | 'failed' | 'timeout' | 'cancelling' | 'cancelled'
/**
 * `code` where the error has one, `stack` into the author's file, and what the error itself brought.
 */
export type ExecutionSummaryErrorDetails = { [key: string]: unknown }

/**
 * In short: the execution itself has the whole message, the stack, and all details.
 */
export type ExecutionSummaryError = {
  /** The class of the error, as its author named it. */
  type: string
  message: string
  /** `code` where the error has one, `stack` into the author's file, and what the error itself brought. */
  details: ExecutionSummaryErrorDetails
} | null

export type ExecutionSummaryKind = 'workflow' | 'discovery' | 'connection_test' | 'data_provider'
export type ExecutionSummaryCaller = {
  type: string
  id: string
  name: string
}

export type ExecutionSummaryProgress = {
  done: number
  /** @nullable */
  total: number | null
  /** @nullable */
  message: string | null
} | null

export type ExecutionSummaryWaitingFor = 'time' | 'event' | 'person'
/**
 * What it waits for while its status is `waiting`, without a worker; null otherwise.
 */
export type ExecutionSummaryWaiting = {
  for: ExecutionSummaryWaitingFor
  /** When it continues at the latest; null if its wait has no limit. */
  until: string | null
} | null

export interface ExecutionSummary {
  execution_id: string
  /** The name of what runs: a workflow, an integration or a data provider. */
  workflow_name: string
  status: ExecutionSummaryStatus
  /** In short: the execution itself has the whole message, the stack, and all details. */
  error: ExecutionSummaryError
  /** Milliseconds from the start to the end, or until now. */
  duration_ms: number | null
  started_at: string | null
  completed_at: string | null
  kind: ExecutionSummaryKind
  org_id: string | null
  /**
   * Its name now; null where it ran for all of them.
   * @nullable
   */
  org_name: string | null
  created_at: string
  /** The execution that this one continues. */
  retry_of: string | null
  /** The batch that it is a part of; null also where you may not see that, or it is not kept any more. */
  batch_id: string | null
  caller: ExecutionSummaryCaller
  progress: ExecutionSummaryProgress
  /** What it waits for while its status is `waiting`, without a worker; null otherwise. */
  waiting: ExecutionSummaryWaiting
}

export type ExecutionDetailStatus = 'pending' | 'running' | 'waiting' | 'success' | 'failed' | 'timeout' | 'cancelling' | 'cancelled'
/**
 * `code` where the error has one, `stack` into the author's file, and what the error itself brought.
 */
export type ExecutionDetailErrorDetails = { [key: string]: unknown }

export type ExecutionDetailError = {
  /** The class of the error, as its author named it. */
  type: string
  message: string
  /** `code` where the error has one, `stack` into the author's file, and what the error itself brought. */
  details: ExecutionDetailErrorDetails
} | null

export type ExecutionDetailKind = 'workflow' | 'discovery' | 'connection_test' | 'data_provider'
export type ExecutionDetailCaller = {
  type: string
  id: string
  name: string
}

export type ExecutionDetailProgress = {
  done: number
  /** @nullable */
  total: number | null
  /** @nullable */
  message: string | null
} | null

export type ExecutionDetailWaitingFor = 'time' | 'event' | 'person'
/**
 * What it waits for while its status is `waiting`, without a worker; null otherwise.
 */
export type ExecutionDetailWaiting = {
  for: ExecutionDetailWaitingFor
  /** When it continues at the latest; null if its wait has no limit. */
  until: string | null
} | null

/**
 * What the execution was started with.
 */
export type ExecutionDetailParameters = { [key: string]: unknown }

/**
 * What its code was called with: the parameters as its schema parsed them, defaults included. Before it has begun: `parameters`.
 */
export type ExecutionDetailEffectiveParameters = { [key: string]: unknown }

/**
 * What it waits for: its batch is paused; as many executions of the workflow run as its `concurrency` allows, of the organization or of all; no worker runs; its worker was lost and another takes it over; a free place of a worker.
 */
export type QueuedReason = 'batch_paused' | 'concurrency_per_organization' | 'concurrency_total' | 'no_worker' | 'take_over' | 'queue'
export type QueuedBehindItem = {
  execution_id: string
  org_id: string | null
  started_at: string | null
}

export interface Queued {
  /** What it waits for: its batch is paused; as many executions of the workflow run as its `concurrency` allows, of the organization or of all; no worker runs; its worker was lost and another takes it over; a free place of a worker. */
  reason: QueuedReason
  message: string
  /** Of `concurrency`. */
  limit: number | null
  /** Running ones that it waits for: the oldest five of those that you may see. */
  behind: QueuedBehindItem[]
  /**
   * How many wait before it: at most 1000 are counted.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  ahead: number
}

export type StepStatus = 'running' | 'success' | 'failed'
/**
 * `cut_off`: its process was lost, or the execution ended, before it did. Whether it was done at the vendor is not known.
 */
export type StepAttemptStatus = 'running' | 'success' | 'failed' | 'cut_off'
/**
 * `cut_off`: its process was lost, or the execution ended, before it did. Whether it was done at the vendor is not known.
 */
export type StepCallStatus = 'running' | 'success' | 'failed' | 'cut_off'
/**
 * `code` where the error has one, `stack` into the author's file, and what the error itself brought.
 */
export type StepCallErrorDetails = { [key: string]: unknown }

export type StepCallError = {
  /** The class of the error, as its author named it. */
  type: string
  message: string
  /** `code` where the error has one, `stack` into the author's file, and what the error itself brought. */
  details: StepCallErrorDetails
} | null

export interface StepCall {
  /** `integration.method`, a step within the step, or the change of a mapping. */
  name: string
  /** `cut_off`: its process was lost, or the execution ended, before it did. Whether it was done at the vendor is not known. */
  status: StepCallStatus
  started_at: string
  /** @nullable */
  duration_ms: number | null
  error: StepCallError
}

/**
 * `code` where the error has one, `stack` into the author's file, and what the error itself brought.
 */
export type StepAttemptErrorDetails = { [key: string]: unknown }

export type StepAttemptError = {
  /** The class of the error, as its author named it. */
  type: string
  message: string
  /** `code` where the error has one, `stack` into the author's file, and what the error itself brought. */
  details: StepAttemptErrorDetails
} | null

export interface StepAttempt {
  /**
   * Counted from 1, on over a crash.
   * @minimum 1
   * @maximum 9007199254740991
   */
  attempt: number
  /** `cut_off`: its process was lost, or the execution ended, before it did. Whether it was done at the vendor is not known. */
  status: StepAttemptStatus
  started_at: string
  /** @nullable */
  duration_ms: number | null
  error: StepAttemptError
  /** What the step called, in the order it began: at most the first 100. */
  calls: StepCall[]
  /**
   * How many calls it made beside those.
   * @minimum 0
   * @maximum 9007199254740991
   */
  more_calls: number
}

/**
 * `code` where the error has one, `stack` into the author's file, and what the error itself brought.
 */
export type StepErrorDetails = { [key: string]: unknown }

export type StepError = {
  /** The class of the error, as its author named it. */
  type: string
  message: string
  /** `code` where the error has one, `stack` into the author's file, and what the error itself brought. */
  details: StepErrorDetails
} | null

export interface Step {
  name: string
  status: StepStatus
  /**
   * The newest attempt.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  attempt: number
  /**
   * When the newest attempt began.
   */
  started_at: string
  /**
   * Of the newest attempt.
   * @nullable
   */
  duration_ms: number | null
  error: StepError
  /**
   * What the step may have sent to a vendor as its key: the same for all attempts. Null where an earlier version ran it.
   * @nullable
   */
  idempotency_key: string | null
  /**
   * What a client was called with, as JSON text without secrets; it ends with … where more than 4,096 characters were cut. Null where the step is no call of a client, or was called with nothing.
   * @nullable
   */
  arguments: string | null
  /** How each attempt ended, oldest first; of more than 50 the newest. */
  attempts: StepAttempt[]
}

export interface ExecutionDetail {
  execution_id: string
  /** The name of what runs: a workflow, an integration or a data provider. */
  workflow_name: string
  status: ExecutionDetailStatus
  error: ExecutionDetailError
  /** Milliseconds from the start to the end, or until now. */
  duration_ms: number | null
  started_at: string | null
  completed_at: string | null
  kind: ExecutionDetailKind
  org_id: string | null
  /**
   * Its name now; null where it ran for all of them.
   * @nullable
   */
  org_name: string | null
  created_at: string
  /** The execution that this one continues. */
  retry_of: string | null
  /** The batch that it is a part of; null also where you may not see that, or it is not kept any more. */
  batch_id: string | null
  caller: ExecutionDetailCaller
  progress: ExecutionDetailProgress
  /** What it waits for while its status is `waiting`, without a worker; null otherwise. */
  waiting: ExecutionDetailWaiting
  result: unknown
  /** What the execution was started with. */
  parameters: ExecutionDetailParameters
  /** What its code was called with: the parameters as its schema parsed them, defaults included. Before it has begun: `parameters`. */
  effective_parameters: ExecutionDetailEffectiveParameters
  /**
   * How long workers may work on it. Waits do not count.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  timeout_ms: number
  /** How long all of it may take from its start, waits included. Null is no limit. */
  deadline_ms: number | null
  /**
   * How long workers worked on it, up to its end or its last wait: what counts towards `timeout_ms`.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  ran_ms: number
  /** Why it has not started yet; null once it has. */
  queued: Queued | null
  /** The execution that continues this one, if it was tried again. */
  retried_as: string | null
  steps: Step[]
  /** What it asked of people, newest first. */
  approvals: Approval[]
}

/**
 * `sealed`: it holds a secret and is kept encrypted. `too_large`: over 256 KiB as JSON. `not_kept`: the step has not ended well, or gave no plain data.
 */
export type StepResultState = 'shown' | 'sealed' | 'too_large' | 'not_kept'
export interface StepResult {
  /** `sealed`: it holds a secret and is kept encrypted. `too_large`: over 256 KiB as JSON. `not_kept`: the step has not ended well, or gave no plain data. */
  state: StepResultState
  /** What the step came to; null unless it is shown. */
  result: unknown
}

export type LogLineLevel = 'debug' | 'info' | 'warn' | 'error'
export interface LogLine {
  /**
   * Counts up from 0 without gaps, in the order of writing.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  sequence: number
  timestamp: string
  level: LogLineLevel
  message: string
  data: unknown
}

export type ExecutionStatisticsHoursItem = {
  at: string
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  succeeded: number
  /**
   * Those that took too long, too.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  failed: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  cancelled: number
  /**
   * Those that wait, run or are being cancelled.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  under_way: number
}

export type ExecutionStatisticsTotal = {
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  runs: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  succeeded: number
  /**
   * Those that took too long, too.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  failed: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  cancelled: number
  /**
   * Those that wait, run or are being cancelled.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  under_way: number
  /**
   * Of those that succeeded or failed, from 0 to 1; null where there is none.
   * @nullable
   */
  success_rate: number | null
  /**
   * Milliseconds from the start to the end, of those that succeeded or failed.
   * @nullable
   */
  median_ms: number | null
  /**
   * 95 of 100 took no longer.
   * @nullable
   */
  p95_ms: number | null
}

export type ExecutionStatisticsWorkflowsItem = {
  workflow_name: string
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  runs: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  succeeded: number
  /**
   * Those that took too long, too.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  failed: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  cancelled: number
  /**
   * Those that wait, run or are being cancelled.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  under_way: number
  /**
   * Of those that succeeded or failed, from 0 to 1; null where there is none.
   * @nullable
   */
  success_rate: number | null
  /**
   * Milliseconds from the start to the end, of those that succeeded or failed.
   * @nullable
   */
  median_ms: number | null
  /**
   * 95 of 100 took no longer.
   * @nullable
   */
  p95_ms: number | null
}

export interface ExecutionStatistics {
  /**
   * The beginning of the first hour.
   */
  since: string
  /**
   * Later than `since` where there were too many executions to count them all.
   */
  counted_since: string
  /** False where only the executions since `counted_since` are counted. */
  is_complete: boolean
  /** One for each hour, oldest first; the last is the current one. */
  hours: ExecutionStatisticsHoursItem[]
  total: ExecutionStatisticsTotal
  /** The most often run first. */
  workflows: ExecutionStatisticsWorkflowsItem[]
}

export type OrganizationSummaryLastExecutionStatus = 'pending' | 'running' | 'waiting' | 'success' | 'failed' | 'timeout' | 'cancelling' | 'cancelled'
/**
 * The workflow that was asked for last; null where none was, and for those who may not see what ran.
 */
export type OrganizationSummaryLastExecution = {
  execution_id: string
  status: OrganizationSummaryLastExecutionStatus
  created_at: string
} | null

export interface OrganizationSummary {
  org_id: string
  /**
   * How many are active.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  mappings: number
  /**
   * How many of them failed their last test.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  failing_mappings: number
  /** The workflow that was asked for last; null where none was, and for those who may not see what ran. */
  last_execution: OrganizationSummaryLastExecution
}

export type AttentionMissingCredentialsItemMissingItemKind = 'secret' | 'config'
export type AttentionMissingCredentialsItemMissingItem = {
  kind: AttentionMissingCredentialsItemMissingItemKind
  key: string
  label: string
}

export type AttentionMissingCredentialsItem = {
  integration_name: string
  display_name: string
  missing: AttentionMissingCredentialsItemMissingItem[]
}

/**
 * Workflows that failed in the last 24 hours and were not tried again; `GET /api/executions?attention=failed` lists them. Null without the permission canViewExecutions.
 */
export type AttentionFailedExecutions = {
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  newest: ExecutionSummary[]
} | null

export type AttentionFailedDiscoveriesItemError = {
  type: string
  message: string
}

export type AttentionFailedDiscoveriesItem = {
  integration_name: string
  display_name: string
  execution_id: string
  failed_at: string
  error: AttentionFailedDiscoveriesItemError
  /**
   * What to do about it, where that is known.
   * @nullable
   */
  guidance: string | null
  /**
   * As `credentials`, where that is known.
   * @nullable
   */
  failure_kind: string | null
}

export type AttentionExpiringSecretsItem = {
  key: string
  org_id: string | null
  /** @nullable */
  org_name: string | null
  expires_at: string
}

export type AttentionApprovalsUndecidableItem = {
  id: string
  execution_id: string
  org_id: string
  title: string
  expires_at: string
}

/**
 * What workflows ask of people. Null without the permission canApprove.
 */
export type AttentionApprovals = {
  /**
   * Open ones that you may decide, of the newest 200.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  for_you: number
  /** Open ones that no person may decide now, as after somebody left who alone was asked: at most 5, newest first. */
  undecidable: AttentionApprovalsUndecidableItem[]
} | null

export interface Attention {
  /** So many mappings; `GET /api/mappings?attention=` lists them. Null without the permission canViewMappings. */
  failing_test: number | null
  /** So many mappings; `GET /api/mappings?attention=` lists them. Null without the permission canViewMappings. */
  needs_repair: number | null
  /** So many mappings; `GET /api/mappings?attention=` lists them. Null without the permission canViewMappings. */
  gone: number | null
  /** So many mappings; `GET /api/mappings?attention=` lists them. Null without the permission canViewMappings. */
  renamed: number | null
  /** So many mappings; `GET /api/mappings?attention=` lists them. Null without the permission canViewMappings. */
  never_tested: number | null
  /** Integrations with a required key that has no global value and that some organization needs, by name. None without the permission canViewMappings. */
  missing_credentials: AttentionMissingCredentialsItem[]
  /** Workflows that failed in the last 24 hours and were not tried again; `GET /api/executions?attention=failed` lists them. Null without the permission canViewExecutions. */
  failed_executions: AttentionFailedExecutions
  /** Integrations whose newest discovery with the global credentials failed, by name. None without the permission canViewMappings for all organizations. */
  failed_discoveries: AttentionFailedDiscoveriesItem[]
  /** Secrets that you may manage and that expire within 14 days, or have expired: at most 20, the first first. */
  expiring_secrets: AttentionExpiringSecretsItem[]
  /** What workflows ask of people. Null without the permission canApprove. */
  approvals: AttentionApprovals
  /**
   * A number that has reached this may be larger.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  counted_to: number
}

export type ListAuditEventsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   */
  org_id?: string
  /**
   * An action, as `config.set`; or its first word, as `config`, for everything that was done to such things.
   * @maxLength 100
   */
  action?: string
  /**
   * The id of who acted, or part of the name.
   * @maxLength 200
   */
  actor?: string
  /**
   * The kind of thing that it was done to, as `integration_mapping`.
   * @maxLength 50
   */
  target_type?: string
  /**
   * The id of the thing that it was done to: the history of one mapping, for instance.
   * @maxLength 200
   */
  target_id?: string
  /**
   * Only what changed the thing: no test, run or reading of it.
   */
  changes_only?: ListAuditEventsChangesOnly
  /**
   * Words that must all be there: in the action or its `summary`, in the id, name or integration of the target, or in the name of the organization or of who acted.
   * @maxLength 200
   */
  search?: string
  /**
   * Done at this time or later.
   */
  since?: string
  /**
   * Done before this time.
   */
  until?: string
}

export type ListAuditEventsChangesOnly = 'true' | 'false'
export type ListAuditEvents200 = {
  events: AuditEvent[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ExportAuditEventsParams = {
  /**
   */
  org_id?: string
  /**
   * An action, as `config.set`; or its first word, as `config`, for everything that was done to such things.
   * @maxLength 100
   */
  action?: string
  /**
   * The id of who acted, or part of the name.
   * @maxLength 200
   */
  actor?: string
  /**
   * The kind of thing that it was done to, as `integration_mapping`.
   * @maxLength 50
   */
  target_type?: string
  /**
   * The id of the thing that it was done to: the history of one mapping, for instance.
   * @maxLength 200
   */
  target_id?: string
  /**
   * Only what changed the thing: no test, run or reading of it.
   */
  changes_only?: ExportAuditEventsChangesOnly
  /**
   * Words that must all be there: in the action or its `summary`, in the id, name or integration of the target, or in the name of the organization or of who acted.
   * @maxLength 200
   */
  search?: string
  /**
   * Done at this time or later.
   */
  since?: string
  /**
   * Done before this time.
   */
  until?: string
  /**
   * `jsonl` is one JSON object a line, oldest first, each with its `sequence`.
   */
  format?: ExportAuditEventsFormat
  /**
   * Of `jsonl`: only events behind this `sequence`, the last one that you have.
   * @minimum 0
   * @maximum 9007199254740991
   */
  after?: number
}

export type ExportAuditEventsChangesOnly = 'true' | 'false'
export type ExportAuditEventsFormat = 'csv' | 'jsonl'
export type ListAuditSinks200 = {
  sinks: AuditSink[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
}

export type CheckAuditChainParams = {
  /**
   * Where to continue: the `next_cursor` of the answer before.
   * @minimum 0
   * @maximum 9007199254740991
   */
  cursor?: number
  /**
   * A `head` of an earlier answer, as `sequence:hash`: whether the chain still has it.
   */
  head?: string
}

export type SignInBody = {
  /**
   * The administrator key.
   * @minLength 1
   * @maxLength 1000
   */
  api_key?: string
  /**
   * Of a sign-in link.
   * @minLength 1
   * @maxLength 200
   */
  token?: string
}

export type SignIn201 = {
  expires_at: string
}

export type CreateSignInToken201 = {
  token: string
  expires_at: string
}

export type ListSessions200 = {
  sessions: Session[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
}

export type GetMeParams = {
  /**
   * The organization, in place of the header `X-Organization-Id`.
   */
  org_id?: string
  /**
   * What you may do with this workflow.
   * @maxLength 100
   */
  workflow?: string
  /**
   * What you may do with this integration.
   * @maxLength 100
   */
  integration?: string
}

export type ListKeysParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  include_revoked?: ListKeysIncludeRevoked
}

export type ListKeysIncludeRevoked = 'true' | 'false'
/**
 * When the administrator key was used last. Null for those who do not have all organizations.
 */
export type ListKeys200AdministratorKey = {
  last_used_at: string | null
  /** @nullable */
  last_used_address: string | null
} | null

export type ListKeys200 = {
  keys: ApiKey[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
  /** When the administrator key was used last. Null for those who do not have all organizations. */
  administrator_key: ListKeys200AdministratorKey
}

/**
 * All organizations, all but some, those with at least one of these tags, or those that are named.
 */
export type CreateKeyBodyGrantsItemReach =
  | {
      all: true
    }
  | {
      /**
       * @minItems 1
       * @maxItems 10000
       * @items.pattern ^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$
       */
      all_but: string[]
    }
  | {
      /**
       * @minItems 1
       * @maxItems 50
       * @items.minLength 1
       * @items.maxLength 50
       */
      tags: string[]
    }
  | {
      /**
       * @minItems 1
       * @maxItems 10000
       * @items.pattern ^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$
       */
      organizations: string[]
    }

export type CreateKeyBodyGrantsItem = {
  /**
   * Of those that `GET /api/roles` lists.
   * @minLength 1
   * @maxLength 50
   */
  role: string
  /** All organizations, all but some, those with at least one of these tags, or those that are named. */
  reach: CreateKeyBodyGrantsItemReach
  /**
   * Only for these workflows: running them, their executions, results, schedules and approvals, and nothing else of the role.
   * @minItems 1
   * @maxItems 100
   * @items.pattern ^[a-z][a-z0-9_]{0,49}$
   */
  workflows?: string[]
  /**
   * Only for these integrations: their mappings, and nothing else of the role.
   * @minItems 1
   * @maxItems 100
   * @items.pattern ^[a-z][a-z0-9_]{0,49}$
   */
  integrations?: string[]
}

export type CreateKeyBody = {
  /**
   * What it is for.
   * @minLength 1
   * @maxLength 100
   */
  name: string
  /**
   * Nothing that you do not have yourself.
   * @minItems 1
   * @maxItems 50
   */
  grants: CreateKeyBodyGrantsItem[]
  /** Without it the key is valid until it is revoked. */
  expires_at?: string | null
  /** Addresses and networks that it is taken from. */
  addresses?: string[] | null
}

export type RotateKeyBody = {
  /**
   * The key before is taken for this time, too. 0 ends it at once.
   * @minimum 0
   * @maximum 43200
   */
  overlap_minutes?: number
}

export type StartDeviceBody = {
  /**
   * What the person will recognize it by: the name of the machine.
   * @minLength 1
   * @maxLength 80
   */
  client_name: string
}

export type StartDevice201 = {
  /** For the program alone. */
  device_code: string
  user_code: string
  /** The page of this installation that takes the code. */
  verification_path: string
  /**
   * Seconds.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  expires_in: number
  /**
   * Seconds between two questions.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  interval: number
}

export type AskDeviceBody = {
  /**
   * @minLength 1
   * @maxLength 100
   */
  device_code: string
}

export type AskDevice200TokenType = 'Bearer'
export type AskDevice200 = {
  key: string
  token_type: AskDevice200TokenType
}

export type GetDeviceRequest200 = {
  user_code: string
  client_name: string
  address: string
  requested_at: string
  expires_at: string
}

export type ListDevices200 = {
  devices: Device[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
}

export type ListRoles200 = {
  roles: Role[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  permissions: string[]
}

export type CreateRoleBodyPermissionsItem =
  | 'canExecuteWorkflows'
  | 'canManageConfig'
  | 'canManageForms'
  | 'canViewHistory'
  | 'canManageUsers'
  | 'canViewCatalogue'
  | 'canRunWorkflows'
  | 'canSeeResults'
  | 'canManageSchedules'
  | 'canSubmitForms'
  | 'canManageOrganizations'
  | 'canViewMappings'
  | 'canManageMappings'
  | 'canViewConfigValues'
  | 'canManageConfigValues'
  | 'canManageSecrets'
  | 'canEditForms'
  | 'canViewExecutions'
  | 'canViewAudit'
  | 'canManagePeople'
  | 'canManageKeys'
  | 'canManageRoles'
  | 'canProvisionPeople'
  | 'canApprove'
export type CreateRoleBody = {
  name: string
  /**
   * @minLength 1
   * @maxLength 300
   */
  description: string
  /** @maxItems 24 */
  permissions: CreateRoleBodyPermissionsItem[]
}

export type UpdateRoleBodyPermissionsItem =
  | 'canExecuteWorkflows'
  | 'canManageConfig'
  | 'canManageForms'
  | 'canViewHistory'
  | 'canManageUsers'
  | 'canViewCatalogue'
  | 'canRunWorkflows'
  | 'canSeeResults'
  | 'canManageSchedules'
  | 'canSubmitForms'
  | 'canManageOrganizations'
  | 'canViewMappings'
  | 'canManageMappings'
  | 'canViewConfigValues'
  | 'canManageConfigValues'
  | 'canManageSecrets'
  | 'canEditForms'
  | 'canViewExecutions'
  | 'canViewAudit'
  | 'canManagePeople'
  | 'canManageKeys'
  | 'canManageRoles'
  | 'canProvisionPeople'
  | 'canApprove'
export type UpdateRoleBody = {
  /**
   * @minLength 1
   * @maxLength 300
   */
  description?: string
  /** @maxItems 24 */
  permissions?: UpdateRoleBodyPermissionsItem[]
}

export type ListOrganizationsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * Part of the name, of a domain or of a custom field's value.
   * @minLength 1
   * @maxLength 200
   */
  search?: string
  /**
   * Only those with this tag.
   * @minLength 1
   * @maxLength 50
   */
  tag?: string
  is_active?: ListOrganizationsIsActive
  /**
   * By `is_active` the active ones come first, each by name.
   */
  sort?: ListOrganizationsSort
  direction?: ListOrganizationsDirection
}

export type ListOrganizationsIsActive = 'true' | 'false'
export type ListOrganizationsSort = 'created_at' | 'name' | 'is_active'
export type ListOrganizationsDirection = 'asc' | 'desc'
export type ListOrganizations200 = {
  organizations: Organization[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /**
   * So many organizations match, on all pages.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  total: number
  /** @nullable */
  next_cursor: string | null
}

export type CreateOrganizationBodyFields = { [key: string]: string | number | boolean }

export type CreateOrganizationBody = {
  /**
   * @minLength 1
   * @maxLength 200
   */
  name: string
  /**
   * @maxItems 100
   * @items.maxLength 300
   */
  domains?: string[]
  tenant_id?: string | null
  /**
   * @maxItems 50
   * @items.minLength 1
   * @items.maxLength 50
   */
  tags?: string[]
  fields?: CreateOrganizationBodyFields
}

/**
 * The custom fields to change; null takes a value away.
 */
export type UpdateOrganizationBodyFields = { [key: string]: string | number | boolean | null }

export type UpdateOrganizationBody = {
  /**
   * @minLength 1
   * @maxLength 200
   */
  name?: string
  /**
   * @maxItems 100
   * @items.maxLength 300
   */
  domains?: string[]
  tenant_id?: string | null
  /**
   * @maxItems 50
   * @items.minLength 1
   * @items.maxLength 50
   */
  tags?: string[]
  /** The custom fields to change; null takes a value away. */
  fields?: UpdateOrganizationBodyFields
  is_active?: boolean
}

export type ListOrganizationFields200 = {
  fields: OrganizationField[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
}

export type CreateOrganizationFieldBodyType = 'text' | 'number' | 'yes_no' | 'date' | 'choice' | 'url'
export type CreateOrganizationFieldBody = {
  name: string
  /**
   * @minLength 1
   * @maxLength 100
   */
  label: string
  type: CreateOrganizationFieldBodyType
  is_required?: boolean
  /**
   * @maxItems 200
   * @items.minLength 1
   * @items.maxLength 100
   */
  choices?: string[]
}

export type UpdateOrganizationFieldBody = {
  /**
   * @minLength 1
   * @maxLength 100
   */
  label?: string
  is_required?: boolean
  /**
   * @maxItems 200
   * @items.minLength 1
   * @items.maxLength 100
   */
  choices?: string[]
}

export type DeleteOrganizationField200 = {
  /**
   * So many organizations had a value.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  organizations: number
}

export type SetSecretBodyScope = 'global' | 'organization'
export type SetSecretBody = {
  key: string
  /**
   * The value: it is never returned.
   * @minLength 1
   */
  value: string
  /** When it expires: you are warned before. Null: it does not. */
  expires_at?: string | null
  scope: SetSecretBodyScope
  /** The organization, where the scope is "organization". */
  org_id?: string | null
}

export type ListSecretsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  scope?: ListSecretsScope
  /**
   * Only what belongs to this organization.
   */
  org_id?: string
}

export type ListSecretsScope = 'global' | 'organization'
export type ListSecrets200 = {
  secrets: Secret[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type GetSecretParams = {
  scope: GetSecretScope
  /**
   * The organization, where the scope is "organization".
   */
  org_id?: string
}

export type GetSecretScope = 'global' | 'organization'
export type SetSecretExpiryParams = {
  scope: SetSecretExpiryScope
  /**
   * The organization, where the scope is "organization".
   */
  org_id?: string
}

export type SetSecretExpiryScope = 'global' | 'organization'
export type SetSecretExpiryBody = {
  /** When it expires: you are warned before. Null: it does not. */
  expires_at: string | null
}

export type DeleteSecretParams = {
  scope: DeleteSecretScope
  /**
   * The organization, where the scope is "organization".
   */
  org_id?: string
}

export type DeleteSecretScope = 'global' | 'organization'
export type RestoreSecretParams = {
  scope: RestoreSecretScope
  /**
   * The organization, where the scope is "organization".
   */
  org_id?: string
}

export type RestoreSecretScope = 'global' | 'organization'
export type RestoreSecretBody = {
  /**
   * @minimum 1
   * @maximum 2147483647
   */
  version: number
}

export type SetConfigBodyScope = 'global' | 'organization'
export type SetConfigBody = {
  /** Any JSON of at most 32 KiB. */
  value: unknown
  scope: SetConfigBodyScope
  /** The organization, where the scope is "organization". */
  org_id?: string | null
}

export type GetConfigParams = {
  scope: GetConfigScope
  /**
   * The organization, where the scope is "organization".
   */
  org_id?: string
}

export type GetConfigScope = 'global' | 'organization'
export type DeleteConfigParams = {
  scope: DeleteConfigScope
  /**
   * The organization, where the scope is "organization".
   */
  org_id?: string
}

export type DeleteConfigScope = 'global' | 'organization'
export type ListConfigParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  scope?: ListConfigScope
  /**
   * Only what belongs to this organization.
   */
  org_id?: string
}

export type ListConfigScope = 'global' | 'organization'
export type ListConfig200 = {
  config: Config[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ListVendorsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * The name of the integration.
   * @maxLength 50
   */
  integration?: string
}

export type ListVendors200 = {
  vendors: Vendor[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ListSignInWays200SingleSignOn = {
  name: string
} | null

export type ListSignInWays200 = {
  /** False before the first administrator. */
  has_people: boolean
  /** False where people sign in by single sign-on alone. */
  password: boolean
  single_sign_on: ListSignInWays200SingleSignOn
  /** True where a link for a new password can be mailed. */
  forgotten_password: boolean
}

export type SignInWithPasswordBody = {
  /**
   * @minLength 1
   * @maxLength 254
   */
  email: string
  /**
   * @minLength 1
   * @maxLength 200
   */
  password: string
}

export type SignInWithPassword201 = {
  expires_at: string
}

export type SignInWithPassword202SecondFactorItem = 'code' | 'recovery_code'
export type SignInWithPassword202 = {
  /** What `POST /api/session/second-factor` takes now. */
  second_factor: SignInWithPassword202SecondFactorItem[]
}

export type CreateFirstAdministratorBody = {
  /**
   * @maxLength 254
   */
  email: string
  /**
   * @minLength 1
   * @maxLength 200
   */
  name: string
  /**
   * At least 12 characters, and none that is guessed first.
   * @minLength 1
   * @maxLength 200
   */
  password: string
}

export type CreateFirstAdministrator201 = {
  expires_at: string
}

export type SignInWithSecondFactorBody = {
  code?: string
  /**
   * @minLength 1
   * @maxLength 50
   */
  recovery_code?: string
}

export type SignInWithSecondFactor201 = {
  expires_at: string
}

export type ReadLinkBody = {
  /**
   * Of the link, behind `#token=`.
   * @minLength 1
   * @maxLength 200
   */
  token: string
}

export type ReadLink200Kind = 'invitation' | 'reset'
export type ReadLink200 = {
  kind: ReadLink200Kind
  email: string
  name: string
  expires_at: string
}

export type TakeLinkBody = {
  /**
   * Of the link, behind `#token=`.
   * @minLength 1
   * @maxLength 200
   */
  token: string
  /**
   * At least 12 characters, and none that is guessed first.
   * @minLength 1
   * @maxLength 200
   */
  password: string
  /**
   * What the person wants to be called, where it is not what the invitation says.
   * @minLength 1
   * @maxLength 200
   */
  name?: string
}

export type TakeLink201 = {
  expires_at: string
}

export type MailPasswordResetBody = {
  /**
   * @maxLength 254
   */
  email: string
}

export type BeginSingleSignOnBody = {
  /**
   * The page to come back to.
   * @maxLength 2000
   */
  next?: string
}

export type BeginSingleSignOn200 = {
  url: string
}

export type FinishSingleSignOnParams = {
  /**
   * @maxLength 8000
   */
  code?: string
  /**
   * @maxLength 2000
   */
  state?: string
  /**
   * @maxLength 2000
   */
  iss?: string
  /**
   * @maxLength 200
   */
  error?: string
  /**
   * @maxLength 2000
   */
  error_description?: string
}

export type SetSignInSettingsBodySecondFactor = 'optional' | 'administrators' | 'everyone'
/**
 * All organizations, all but some, those with at least one of these tags, or those that are named.
 */
export type SetSignInSettingsBodySingleSignOnGroupGrantsItemGrantsItemReach =
  | {
      all: true
    }
  | {
      /**
       * @minItems 1
       * @maxItems 10000
       * @items.pattern ^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$
       */
      all_but: string[]
    }
  | {
      /**
       * @minItems 1
       * @maxItems 50
       * @items.minLength 1
       * @items.maxLength 50
       */
      tags: string[]
    }
  | {
      /**
       * @minItems 1
       * @maxItems 10000
       * @items.pattern ^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$
       */
      organizations: string[]
    }

export type SetSignInSettingsBodySingleSignOnGroupGrantsItemGrantsItem = {
  /**
   * Of those that `GET /api/roles` lists.
   * @minLength 1
   * @maxLength 50
   */
  role: string
  /** All organizations, all but some, those with at least one of these tags, or those that are named. */
  reach: SetSignInSettingsBodySingleSignOnGroupGrantsItemGrantsItemReach
  /**
   * Only for these workflows: running them, their executions, results, schedules and approvals, and nothing else of the role.
   * @minItems 1
   * @maxItems 100
   * @items.pattern ^[a-z][a-z0-9_]{0,49}$
   */
  workflows?: string[]
  /**
   * Only for these integrations: their mappings, and nothing else of the role.
   * @minItems 1
   * @maxItems 100
   * @items.pattern ^[a-z][a-z0-9_]{0,49}$
   */
  integrations?: string[]
}

export type SetSignInSettingsBodySingleSignOnGroupGrantsItem = {
  /**
   * @minLength 1
   * @maxLength 300
   */
  group: string
  /** @maxItems 50 */
  grants: SetSignInSettingsBodySingleSignOnGroupGrantsItemGrantsItem[]
}

/**
 * All organizations, all but some, those with at least one of these tags, or those that are named.
 */
export type SetSignInSettingsBodySingleSignOnDefaultGrantsItemReach =
  | {
      all: true
    }
  | {
      /**
       * @minItems 1
       * @maxItems 10000
       * @items.pattern ^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$
       */
      all_but: string[]
    }
  | {
      /**
       * @minItems 1
       * @maxItems 50
       * @items.minLength 1
       * @items.maxLength 50
       */
      tags: string[]
    }
  | {
      /**
       * @minItems 1
       * @maxItems 10000
       * @items.pattern ^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$
       */
      organizations: string[]
    }

export type SetSignInSettingsBodySingleSignOnDefaultGrantsItem = {
  /**
   * Of those that `GET /api/roles` lists.
   * @minLength 1
   * @maxLength 50
   */
  role: string
  /** All organizations, all but some, those with at least one of these tags, or those that are named. */
  reach: SetSignInSettingsBodySingleSignOnDefaultGrantsItemReach
  /**
   * Only for these workflows: running them, their executions, results, schedules and approvals, and nothing else of the role.
   * @minItems 1
   * @maxItems 100
   * @items.pattern ^[a-z][a-z0-9_]{0,49}$
   */
  workflows?: string[]
  /**
   * Only for these integrations: their mappings, and nothing else of the role.
   * @minItems 1
   * @maxItems 100
   * @items.pattern ^[a-z][a-z0-9_]{0,49}$
   */
  integrations?: string[]
}

export type SetSignInSettingsBodySingleSignOn = {
  /**
   * What the button says: `Sign in with …`.
   * @minLength 1
   * @maxLength 100
   */
  name: string
  /**
   * How the provider calls itself: `https://login.microsoftonline.com/<tenant>/v2.0`.
   * @maxLength 500
   */
  issuer: string
  /**
   * @minLength 1
   * @maxLength 300
   */
  client_id: string
  /**
   * Write-only. Left out, the one that is set stays.
   * @minLength 1
   * @maxLength 2000
   */
  client_secret?: string
  /**
   * @minLength 1
   * @maxLength 100
   */
  groups_claim?: string
  /** @maxItems 200 */
  group_grants?: SetSignInSettingsBodySingleSignOnGroupGrantsItem[]
  /**
   * What everyone gets who comes from there.
   * @maxItems 50
   */
  default_grants?: SetSignInSettingsBodySingleSignOnDefaultGrantsItem[]
  /** True: who has no account here gets one at their first sign-in. */
  creates_people?: boolean
  /** True: its e-mail addresses are taken as they are, as those of Entra ID have to be. Only for a provider where nobody chooses their own. */
  trusts_addresses?: boolean
  /** True: groups decide at each sign-in, and not only at the first. */
  manages_grants?: boolean
  /** True: nobody signs in with a password. The administrator key still does. */
  is_only?: boolean
} | null

export type SetSignInSettingsBody = {
  second_factor: SetSignInSettingsBodySecondFactor
  single_sign_on: SetSignInSettingsBodySingleSignOn
}

export type TestSingleSignOnBody = {
  /**
   * How the provider calls itself: `https://login.microsoftonline.com/<tenant>/v2.0`.
   * @maxLength 500
   */
  issuer: string
  /**
   * @minLength 1
   * @maxLength 300
   */
  client_id: string
  /**
   * Write-only. Left out, the one that is set stays.
   * @minLength 1
   * @maxLength 2000
   */
  client_secret?: string
}

export type TestSingleSignOn200 = {
  success: boolean
  message: string
}

export type ListPeopleParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * Part of the name or the e-mail address.
   * @minLength 1
   * @maxLength 200
   */
  search?: string
}

export type ListPeople200 = {
  people: Person[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  total: number
  /** @nullable */
  next_cursor: string | null
}

/**
 * All organizations, all but some, those with at least one of these tags, or those that are named.
 */
export type InvitePersonBodyGrantsItemReach =
  | {
      all: true
    }
  | {
      /**
       * @minItems 1
       * @maxItems 10000
       * @items.pattern ^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$
       */
      all_but: string[]
    }
  | {
      /**
       * @minItems 1
       * @maxItems 50
       * @items.minLength 1
       * @items.maxLength 50
       */
      tags: string[]
    }
  | {
      /**
       * @minItems 1
       * @maxItems 10000
       * @items.pattern ^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$
       */
      organizations: string[]
    }

export type InvitePersonBodyGrantsItem = {
  /**
   * Of those that `GET /api/roles` lists.
   * @minLength 1
   * @maxLength 50
   */
  role: string
  /** All organizations, all but some, those with at least one of these tags, or those that are named. */
  reach: InvitePersonBodyGrantsItemReach
  /**
   * Only for these workflows: running them, their executions, results, schedules and approvals, and nothing else of the role.
   * @minItems 1
   * @maxItems 100
   * @items.pattern ^[a-z][a-z0-9_]{0,49}$
   */
  workflows?: string[]
  /**
   * Only for these integrations: their mappings, and nothing else of the role.
   * @minItems 1
   * @maxItems 100
   * @items.pattern ^[a-z][a-z0-9_]{0,49}$
   */
  integrations?: string[]
}

export type InvitePersonBody = {
  /**
   * @maxLength 254
   */
  email: string
  /**
   * @minLength 1
   * @maxLength 200
   */
  name: string
  /** @maxItems 50 */
  grants: InvitePersonBodyGrantsItem[]
}

export type InvitePerson201 = {
  person: Person
  link: PersonLink
}

/**
 * All organizations, all but some, those with at least one of these tags, or those that are named.
 */
export type UpdatePersonBodyGrantsItemReach =
  | {
      all: true
    }
  | {
      /**
       * @minItems 1
       * @maxItems 10000
       * @items.pattern ^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$
       */
      all_but: string[]
    }
  | {
      /**
       * @minItems 1
       * @maxItems 50
       * @items.minLength 1
       * @items.maxLength 50
       */
      tags: string[]
    }
  | {
      /**
       * @minItems 1
       * @maxItems 10000
       * @items.pattern ^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$
       */
      organizations: string[]
    }

export type UpdatePersonBodyGrantsItem = {
  /**
   * Of those that `GET /api/roles` lists.
   * @minLength 1
   * @maxLength 50
   */
  role: string
  /** All organizations, all but some, those with at least one of these tags, or those that are named. */
  reach: UpdatePersonBodyGrantsItemReach
  /**
   * Only for these workflows: running them, their executions, results, schedules and approvals, and nothing else of the role.
   * @minItems 1
   * @maxItems 100
   * @items.pattern ^[a-z][a-z0-9_]{0,49}$
   */
  workflows?: string[]
  /**
   * Only for these integrations: their mappings, and nothing else of the role.
   * @minItems 1
   * @maxItems 100
   * @items.pattern ^[a-z][a-z0-9_]{0,49}$
   */
  integrations?: string[]
}

export type UpdatePersonBody = {
  /**
   * @maxLength 254
   */
  email?: string
  /**
   * @minLength 1
   * @maxLength 200
   */
  name?: string
  /** @maxItems 50 */
  grants?: UpdatePersonBodyGrantsItem[]
}

export type BeginViewingAs201 = {
  until: string
}

export type ProveSessionBody = {
  /**
   * @minLength 1
   * @maxLength 200
   */
  current_password: string
  /**
   * Needed of those who have a second factor, unless recovery_code is given.
   */
  code?: string
  /**
   * @minLength 1
   * @maxLength 50
   */
  recovery_code?: string
}

/**
 * Who is invited has nothing to sign in with yet.
 */
export type GetProfile200State = 'active' | 'invited' | 'deactivated'
export type GetProfile200SignsInWithItem = 'password' | 'single_sign_on' | 'passkey'
export type GetProfile200 = {
  id: string
  email: string
  name: string
  /** Who is invited has nothing to sign in with yet. */
  state: GetProfile200State
  grants: Grant[]
  signs_in_with: GetProfile200SignsInWithItem[]
  has_second_factor: boolean
  last_signed_in_at: string | null
  created_at: string
  /** True: nothing else can be done before a second factor is set up. */
  needs_second_factor: boolean
}

export type UpdateProfileBody = {
  /**
   * @minLength 1
   * @maxLength 200
   */
  name: string
}

export type ChangePasswordBody = {
  /**
   * @minLength 1
   * @maxLength 200
   */
  current_password: string
  /**
   * @minLength 1
   * @maxLength 200
   */
  password: string
}

export type BeginSecondFactorBody = {
  /**
   * @minLength 1
   * @maxLength 200
   */
  current_password: string
}

export type BeginSecondFactor201 = {
  /** `otpauth://…`, for a QR code. */
  uri: string
  /** The same, for typing. */
  secret: string
  /** Each works once, in place of a code. They are shown once. */
  recovery_codes: string[]
}

export type ConfirmSecondFactorBody = {
  code: string
}

export type RemoveSecondFactorBody = {
  /**
   * @minLength 1
   * @maxLength 200
   */
  current_password: string
}

export type CreateRecoveryCodesBody = {
  /**
   * @minLength 1
   * @maxLength 200
   */
  current_password: string
}

export type CreateRecoveryCodes201 = {
  /** Each works once, in place of a code. They are shown once. */
  recovery_codes: string[]
}

/**
 * What `navigator.credentials` takes, as JSON.
 */
export type BeginPasskeySignIn200 = {
  challenge: string
  [key: string]: unknown
}

export type SignInWithPasskeyBodyResponseType = 'public-key'
export type SignInWithPasskeyBodyResponse = {
  /**
   * @minLength 1
   * @maxLength 2000
   */
  id: string
  /** @maxLength 2000 */
  rawId: string
  type: SignInWithPasskeyBodyResponseType
  [key: string]: unknown
}

export type SignInWithPasskeyBody = {
  response: SignInWithPasskeyBodyResponse
}

export type SignInWithPasskey201 = {
  expires_at: string
}

export type ListPasskeys200 = {
  passkeys: Passkey[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
}

export type AddPasskeyBodyResponseType = 'public-key'
export type AddPasskeyBodyResponse = {
  /**
   * @minLength 1
   * @maxLength 2000
   */
  id: string
  /** @maxLength 2000 */
  rawId: string
  type: AddPasskeyBodyResponseType
  [key: string]: unknown
}

export type AddPasskeyBody = {
  /**
   * What you know it by: “Laptop”.
   * @minLength 1
   * @maxLength 100
   */
  name: string
  response: AddPasskeyBodyResponse
}

export type BeginPasskeyBody = {
  /**
   * Needed of those who have one.
   * @minLength 1
   * @maxLength 200
   */
  current_password?: string
}

/**
 * What `navigator.credentials` takes, as JSON.
 */
export type BeginPasskey200 = {
  challenge: string
  [key: string]: unknown
}

export type GetScimConfigParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

export type ListScimResourceTypesParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

export type ListScimSchemasParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

export type ListScimUsersParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
  /**
   * Comparisons with eq, joined by and.
   * @maxLength 2000
   */
  filter?: string
  /**
   * The first to be listed, from 1.
   * @minimum -1000000000
   * @maximum 1000000000
   */
  startIndex?: number
  /**
   * At most so many, and at most 200.
   * @minimum -1000000000
   * @maximum 1000000000
   */
  count?: number
}

export type CreateScimUserParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

/**
 * A resource of RFC 7643.
 */
export type CreateScimUserBody = {
  schemas?: string[]
  [key: string]: unknown
}

export type GetScimUserParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

export type ReplaceScimUserParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

/**
 * A resource of RFC 7643.
 */
export type ReplaceScimUserBody = {
  schemas?: string[]
  [key: string]: unknown
}

export type PatchScimUserParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

export type PatchScimUserBodyOperationsItem = {
  op: string
  /** @nullable */
  path?: string | null
  value?: unknown
  [key: string]: unknown
}

export type PatchScimUserBody = {
  schemas?: string[]
  /**
   * @minItems 1
   * @maxItems 1000
   */
  Operations: PatchScimUserBodyOperationsItem[]
  [key: string]: unknown
}

export type RemoveScimUserParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

export type ListScimGroupsParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
  /**
   * Comparisons with eq, joined by and.
   * @maxLength 2000
   */
  filter?: string
  /**
   * The first to be listed, from 1.
   * @minimum -1000000000
   * @maximum 1000000000
   */
  startIndex?: number
  /**
   * At most so many, and at most 200.
   * @minimum -1000000000
   * @maximum 1000000000
   */
  count?: number
}

export type CreateScimGroupParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

/**
 * A resource of RFC 7643.
 */
export type CreateScimGroupBody = {
  schemas?: string[]
  [key: string]: unknown
}

export type GetScimGroupParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

export type ReplaceScimGroupParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

/**
 * A resource of RFC 7643.
 */
export type ReplaceScimGroupBody = {
  schemas?: string[]
  [key: string]: unknown
}

export type PatchScimGroupParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

export type PatchScimGroupBodyOperationsItem = {
  op: string
  /** @nullable */
  path?: string | null
  value?: unknown
  [key: string]: unknown
}

export type PatchScimGroupBody = {
  schemas?: string[]
  /**
   * @minItems 1
   * @maxItems 1000
   */
  Operations: PatchScimGroupBodyOperationsItem[]
  [key: string]: unknown
}

export type RemoveScimGroupParams = {
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  attributes?: string
  /**
   * Names of attributes, with commas between.
   * @maxLength 2000
   */
  excludedAttributes?: string
}

export type ListConnectionsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * @maxLength 50
   */
  integration_name?: string
  /**
   */
  org_id?: string
}

export type ListConnections200 = {
  connections: VendorConnection[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type StartConnectingBody = {
  /** @maxLength 50 */
  integration_name: string
  /**
   * As the integration declares it in `static connections`.
   * @maxLength 50
   */
  name: string
  /** The organization, where it is one for each. */
  org_id?: string | null
  /** The mapping, where it is one for each. */
  mapping_id?: string | null
}

export type StartConnecting200 = {
  authorization_url: string
}

export type FinishConnectingParams = {
  /**
   * @maxLength 200
   */
  state?: string
  /**
   * @maxLength 8000
   */
  code?: string
  /**
   * @maxLength 200
   */
  error?: string
}

export type ListConnectionLinksParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * @maxLength 50
   */
  integration_name?: string
  /**
   */
  org_id?: string
}

export type ListConnectionLinks200 = {
  links: ConnectionLink[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type MakeConnectionLinkBody = {
  /** @maxLength 50 */
  integration_name: string
  /**
   * As the integration declares it in `static connections`.
   * @maxLength 50
   */
  name: string
  /** The organization, where it is one for each. */
  org_id?: string | null
  /** The mapping, where it is one for each. */
  mapping_id?: string | null
}

export type MakeConnectionLink201 = {
  id: string
  url: string
  expires_at: string
  integration_display_name: string
  /** How the integration calls the connection. */
  label: string
  /**
   * Null: it is one for all.
   * @nullable
   */
  org_name: string | null
  /**
   * What the mapping leads to; null where it is not of a mapping.
   * @nullable
   */
  mapping_name: string | null
  /** Where the link leads from its page. */
  vendor_host: string
}

export type OpenConnectionLinkParams = {
  /**
   * @maxLength 200
   */
  link: string
}

export type ContinueConnectionLinkParams = {
  /**
   * @maxLength 200
   */
  link: string
  /**
   * @maxLength 200
   */
  seen: string
}

export type ListExecutionExchangesParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * @maxLength 300
   */
  host?: string
  /**
   * The name of the integration.
   * @maxLength 50
   */
  integration?: string
  /**
   * A status, a class like `4xx`, or `failed`: all with 400 or more, those without an answer, and those whose answer was not what it should be.
   */
  status?: string
}

export type ListExecutionExchanges200 = {
  exchanges: Exchange[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ListIntegrationsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * Whose secrets, config and connections `is_set` and `is_connected` look at; without it, the global secrets and config.
   */
  org_id?: string
}

export type ListIntegrations200 = {
  integrations: Integration[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
  problems: DefinitionProblem[]
}

export type GetIntegrationParams = {
  /**
   * Whose secrets, config and connections `is_set` and `is_connected` look at; without it, the global secrets and config.
   */
  org_id?: string
}

export type SwitchIntegrationBody = {
  is_on: boolean
}

export type ListMappingsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  activeOnly?: ListMappingsActiveOnly
  /**
   */
  integration_name?: string
}

export type ListMappingsActiveOnly = 'true' | 'false'
export type ListMappings200 = {
  mappings: Mapping[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type CreateMappingBodyMappingData = { [key: string]: unknown } | null

export type CreateMappingBody = {
  integration_name: string
  /**
   * As the outside system spells it: 1 to 200 characters, not blank, no control characters. Compared byte for byte.
   * @minLength 1
   * @maxLength 200
   */
  external_org_id: string
  external_org_name?: string | null
  mapping_data?: CreateMappingBodyMappingData
}

/**
 * Must fit the schema of the integration; at most 32 KiB.
 */
export type UpdateMappingBodyMappingData = { [key: string]: unknown }

export type UpdateMappingBody = {
  /**
   * As the outside system spells it: 1 to 200 characters, not blank, no control characters. Compared byte for byte.
   * @minLength 1
   * @maxLength 200
   */
  external_org_id?: string
  /**
   * For people. Without one, the external id stands in.
   * @maxLength 200
   */
  external_org_name?: string
  /** Must fit the schema of the integration; at most 32 KiB. */
  mapping_data?: UpdateMappingBodyMappingData
  is_active?: boolean
}

export type TestIntegrationBodyMappingData = { [key: string]: unknown } | null

export type TestIntegrationBody = {
  org_id: string
  /**
   * As the outside system spells it: 1 to 200 characters, not blank, no control characters. Compared byte for byte.
   * @minLength 1
   * @maxLength 200
   */
  external_org_id: string
  external_org_name?: string | null
  mapping_data?: TestIntegrationBodyMappingData
}

export type DiscoverOrganizationsParams = {
  /**
   * Whose credentials: this organization’s, with the global ones behind them; without it, the global ones alone.
   */
  orgId?: string
  /**
   * Asks the vendor, however fresh the list is.
   */
  refresh?: DiscoverOrganizationsRefresh
  /**
   * Seconds to wait for the vendor; 0 does not wait. When they are over the answer is 202.
   * @minimum 0
   * @maximum 300
   */
  wait?: number
}

export type DiscoverOrganizationsRefresh = 'true' | 'false'
export type ListExternalOrganizationsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * Whose credentials: this organization’s, with the global ones behind them; without it, the global ones alone.
   */
  orgId?: string
  /**
   * Part of the name or the id.
   * @minLength 1
   * @maxLength 200
   */
  search?: string
  /**
   * True lists only those that an organization is mapped to, false only those that none is.
   */
  mapped?: ListExternalOrganizationsMapped
  /**
   * True lists only those that the vendor has no more, false only those that it has.
   */
  gone?: ListExternalOrganizationsGone
}

export type ListExternalOrganizationsMapped = 'true' | 'false'
export type ListExternalOrganizationsGone = 'true' | 'false'
export type ListExternalOrganizations200 = {
  external_organizations: ExternalOrganization[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ListDiscoveryRunsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * Whose credentials: this organization’s, with the global ones behind them; without it, the global ones alone.
   */
  orgId?: string
}

export type ListDiscoveryRuns200 = {
  runs: DiscoveryRun[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ListMappingsOfAllParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * Only the mappings of this integration.
   */
  integration_name?: string
  /**
   * Only those that need this attention.
   */
  attention?: ListMappingsOfAllAttention
  /**
   * Only those whose last test failed for this cause, as `GET /api/mappings/causes` names it.
   */
  cause?: string
  /**
   * Part of the organization's name, or of the external organization's name or id.
   * @minLength 1
   * @maxLength 200
   */
  search?: string
  /**
   */
  org_id?: string
}

export type ListMappingsOfAllAttention = 'failing_test' | 'needs_repair' | 'gone' | 'renamed' | 'never_tested'
export type ListMappingsOfAll200 = {
  mappings: MappingOfAll[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /**
   * So many mappings match, on all pages; one that has reached 10,000 may be larger.
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  total: number
  /** @nullable */
  next_cursor: string | null
}

export type ListTestCauses200 = {
  causes: TestCause[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
}

export type ListIntegrationOrganizationsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * True lists only organizations with a mapping, false only those without.
   */
  mapped?: ListIntegrationOrganizationsMapped
  /**
   * Part of the organization's name or of a domain.
   * @minLength 1
   * @maxLength 200
   */
  search?: string
}

export type ListIntegrationOrganizationsMapped = 'true' | 'false'
export type ListIntegrationOrganizations200 = {
  organizations: MappedOrganization[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ListMatchesParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * Part of the organization's name or of a domain.
   * @minLength 1
   * @maxLength 200
   */
  search?: string
  /**
   * Only this organization, compared with the list that its own credentials see; without it, the list of the global ones.
   */
  org_id?: string
  /**
   * True lists only organizations with a candidate, false only those without.
   */
  likely?: ListMatchesLikely
}

export type ListMatchesLikely = 'true' | 'false'
export type ListMatches200 = {
  matches: Match[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
  /** How old the list is; null before the first discovery that succeeded. */
  discovered_at: string | null
  /** True if the list has expired and could not be refreshed. */
  stale: boolean
}

/**
 * An organization that is added and mapped.
 */
export type CreateMappingsBodyMappingsItemNewOrganization = {
  /**
   * @minLength 1
   * @maxLength 200
   */
  name: string
  /**
   * @maxItems 100
   * @items.maxLength 300
   */
  domains?: string[]
}

export type CreateMappingsBodyMappingsItemMappingData = { [key: string]: unknown } | null

export type CreateMappingsBodyMappingsItem = {
  /**
   * An organization that there is: this or `new_organization`.
   */
  org_id?: string
  /** An organization that is added and mapped. */
  new_organization?: CreateMappingsBodyMappingsItemNewOrganization
  /**
   * As the outside system spells it: 1 to 200 characters, not blank, no control characters. Compared byte for byte.
   * @minLength 1
   * @maxLength 200
   */
  external_org_id: string
  external_org_name?: string | null
  mapping_data?: CreateMappingsBodyMappingsItemMappingData
}

export type CreateMappingsBody = {
  /**
   * @minItems 1
   * @maxItems 500
   */
  mappings: CreateMappingsBodyMappingsItem[]
}

export type CreateMappings201 = {
  mappings: Mapping[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  organizations_created: number
}

/**
 * Not given, the one that the first row has most of.
 */
export type ImportOrganizationsBodyDelimiter = ',' | ';' | '	'
export type ImportOrganizationsBody = {
  /**
   * The text of the file: a first row with headings, then 10,000 rows at most.
   * @minLength 1
   * @maxLength 4000000
   */
  csv: string
  /**
   * What each column is: `id`, `name`, `domains`, `tenant_id`, `tags`, `field:<name>`, `external:<integration>`, or empty to leave it out. Not given, by the headings.
   * @minItems 1
   * @maxItems 200
   */
  columns?: string[]
  /** Not given, the one that the first row has most of. */
  delimiter?: ImportOrganizationsBodyDelimiter
  dry_run?: boolean
}

export type ImportOrganizations200Delimiter = ',' | ';' | '	'
export type ImportOrganizations200ColumnsItem = {
  heading: string
  target: string
}

export type ImportOrganizations200Outcomes = {
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  new: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  changed: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  same: number
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  refused: number
}

export type ImportOrganizations200 = {
  delimiter: ImportOrganizations200Delimiter
  columns: ImportOrganizations200ColumnsItem[]
  rows: ImportedRow[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  outcomes: ImportOrganizations200Outcomes
  /** False for a dry run. */
  is_imported: boolean
}

export type ListDataProvidersParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
}

export type ListDataProviders200 = {
  data_providers: DataProvider[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
  problems: DefinitionProblem[]
}

export type ProvideOptionsParams = {
  /**
   * The organization, in place of the header `X-Organization-Id`.
   */
  org_id?: string
}

/**
 * Must fit the `parameters_schema`; at most 512 KiB.
 */
export type ProvideOptionsBodyParameters = { [key: string]: unknown } | null

export type ProvideOptionsBody = {
  /** Must fit the `parameters_schema`; at most 512 KiB. */
  parameters?: ProvideOptionsBodyParameters
}

export type ProvideOptions200OptionsItemMetadata = { [key: string]: unknown }

export type ProvideOptions200OptionsItem = {
  /** @maxLength 1000 */
  label: string
  value: string | number | boolean
  metadata?: ProvideOptions200OptionsItemMetadata
}

export type ProvideOptions200 = {
  options: ProvideOptions200OptionsItem[]
  cached: boolean
  cached_at: string | null
}

export type ListBatchesParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * @maxLength 50
   */
  workflow_name?: string
}

export type ListBatches200 = {
  batches: Batch[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ListBatchExecutionsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  status?: ListBatchExecutionsStatus
}

export type ListBatchExecutionsStatus =
  | 'pending'
  | 'running'
  | 'waiting'
  | 'success'
  | 'failed'
  | 'timeout'
  | 'not_tested'
  | 'cancelling'
  | 'cancelled'
  | 'skipped'
  | 'expired'
export type ListBatchExecutions200 = {
  executions: BatchExecution[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ListBatchFailureCauses200 = {
  causes: FailureCause[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
}

/**
 * Only those that need this attention.
 */
export type TestMappingsBodyAttention = 'failing_test' | 'needs_repair' | 'gone' | 'renamed' | 'never_tested'
export type TestMappingsBody = {
  /** `all` active organizations, the active ones with a mapping of an integration (`mapped:<integration>`), with a tag (`tag:<tag>`) or with a value of a custom field (`field:<name>=<value>`, without a value those that have none), or those with these ids. */
  organizations: 'all' | string | string[]
  /**
   * Only the mappings of this integration.
   */
  integration_name?: string
  /** Only those that need this attention. */
  attention?: TestMappingsBodyAttention
  /**
   * Only those whose last test failed for this cause, as `GET /api/mappings/causes` names it.
   */
  cause?: string
  /**
   * Part of the organization's name, or of the external organization's name or id.
   * @minLength 1
   * @maxLength 200
   */
  search?: string
}

export type RetryFailedOfBatchParams = {
  /**
   * Only what failed for this cause.
   */
  cause?: string
}

export type ListApprovalsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * `decided` has those that expired, too, and those whose execution ended before.
   */
  state?: ListApprovalsState
  /**
   * `true`: only those that you may decide. They are open: with `state=decided` there are none.
   */
  for_me?: ListApprovalsForMe
  /**
   * Only those of this organization.
   */
  org_id?: string
  /**
   * Only those of this execution.
   */
  execution_id?: string
}

export type ListApprovalsState = 'open' | 'decided'
export type ListApprovalsForMe = 'true' | 'false'
export type ListApprovals200 = {
  approvals: Approval[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

/**
 * May be left out.
 */
export type ApproveApprovalBody = {
  /** For those who read the decision, the code of the workflow too. */
  comment?: string | null
} | null

/**
 * May be left out.
 */
export type RejectApprovalBody = {
  /** For those who read the decision, the code of the workflow too. */
  comment?: string | null
} | null

export type ListWorkflowsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
}

export type ListWorkflows200 = {
  workflows: Workflow[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
  problems: DefinitionProblem[]
}

export type ExecuteWorkflowParams = {
  /**
   * The organization, in place of the header `X-Organization-Id`.
   */
  org_id?: string
  /**
   * Seconds to wait for the end; 0 does not wait.
   * @minimum 0
   * @maximum 300
   */
  wait?: number
}

/**
 * Must fit the `parameters_schema`; at most 512 KiB.
 */
export type ExecuteWorkflowBodyParameters = { [key: string]: unknown } | null

export type ExecuteWorkflowBody = {
  /**
   * @minLength 1
   * @maxLength 100
   */
  workflow_name: string
  /** Must fit the `parameters_schema`; at most 512 KiB. */
  parameters?: ExecuteWorkflowBodyParameters
  /**
   * The same key for the same workflow and organization is the same execution; with `organizations`, the same batch.
   * @minLength 1
   * @maxLength 200
   */
  idempotency_key?: string
  /** `all` active organizations, the active ones with a mapping of an integration (`mapped:<integration>`), with a tag (`tag:<tag>`) or with a value of a custom field (`field:<name>=<value>`, without a value those that have none), or those with these ids. */
  organizations?: 'all' | string | string[]
}

export type ListForms200 = {
  forms: Form[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
}

export type ProvideFormOptionsParams = {
  /**
   * The organization, in place of the header `X-Organization-Id`.
   */
  org_id?: string
}

/**
 * Must fit the `parameters_schema`; at most 512 KiB.
 */
export type ProvideFormOptionsBodyParameters = { [key: string]: unknown } | null

export type ProvideFormOptionsBody = {
  /**
   * @minLength 1
   * @maxLength 100
   */
  data_provider: string
  /** Must fit the `parameters_schema`; at most 512 KiB. */
  parameters?: ProvideFormOptionsBodyParameters
}

export type ProvideFormOptions200OptionsItemMetadata = { [key: string]: unknown }

export type ProvideFormOptions200OptionsItem = {
  /** @maxLength 1000 */
  label: string
  value: string | number | boolean
  metadata?: ProvideFormOptions200OptionsItemMetadata
}

export type ProvideFormOptions200 = {
  options: ProvideFormOptions200OptionsItem[]
}

export type SubmitFormParams = {
  /**
   * The organization, in place of the header `X-Organization-Id`.
   */
  org_id?: string
  /**
   * Seconds to wait for the end; 0 does not wait.
   * @minimum 0
   * @maximum 300
   */
  wait?: number
}

/**
 * Must fit the `parameters_schema`; at most 512 KiB.
 */
export type SubmitFormBodyParameters = { [key: string]: unknown } | null

export type SubmitFormBody = {
  /** Must fit the `parameters_schema`; at most 512 KiB. */
  parameters?: SubmitFormBodyParameters
  /**
   * The same key for the same form and organization is the same submission.
   */
  idempotency_key?: string
}

export type ListSubmissionsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
}

export type ListSubmissions200 = {
  submissions: Submission[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ListSchedulesParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * Only the schedule of this workflow, if it has one.
   * @maxLength 50
   */
  workflow_name?: string
}

export type ListSchedules200 = {
  schedules: Schedule[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

/**
 * What becomes of runs whose time passed while nothing could run.
 */
export type SetScheduleBodyMissed = 'skip' | 'catch_up' | null
/**
 * Must fit the `parameters_schema`; at most 512 KiB.
 */
export type SetScheduleBodyParameters = { [key: string]: unknown } | null

export type SetScheduleBody = {
  /** Five fields: minute, hour, day of month, month, day of week. */
  cron?: string | null
  /** An IANA name. */
  time_zone?: string | null
  organizations?: 'all' | string | string[] | null
  /** What becomes of runs whose time passed while nothing could run. */
  missed?: SetScheduleBodyMissed
  /** Must fit the `parameters_schema`; at most 512 KiB. */
  parameters?: SetScheduleBodyParameters
  is_paused?: boolean
}

export type ListExecutionsParams = {
  /**
   * At most so many items.
   * @minimum 1
   * @maximum 200
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   */
  org_id?: string
  /**
   * The name of the workflow, integration or data provider.
   * @maxLength 50
   */
  workflow_name?: string
  status?: ListExecutionsStatus
  kind?: ListExecutionsKind
  /**
   * Only workflows that failed or took too long and were not tried again, of active organizations. `GET /api/attention` counts those of the last 24 hours.
   */
  attention?: ListExecutionsAttention
  /**
   * Asked for at this time or later.
   */
  since?: string
  /**
   * Asked for before this time.
   */
  until?: string
}

export type ListExecutionsStatus = 'pending' | 'running' | 'waiting' | 'success' | 'failed' | 'timeout' | 'cancelling' | 'cancelled'
export type ListExecutionsKind = 'workflow' | 'discovery' | 'connection_test' | 'data_provider'
export type ListExecutionsAttention = 'failed'
export type ListExecutions200 = {
  executions: ExecutionSummary[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type ListExecutionLogsParams = {
  /**
   * At most so many lines.
   * @minimum 1
   * @maximum 1000
   */
  limit?: number
  /**
   * Where the previous page ended: its `next_cursor`.
   * @minLength 1
   * @maxLength 4000
   */
  cursor?: string
  /**
   * Only lines of this level or above.
   */
  level?: ListExecutionLogsLevel
}

export type ListExecutionLogsLevel = 'debug' | 'info' | 'warn' | 'error'
export type ListExecutionLogs200 = {
  logs: LogLine[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
  /** @nullable */
  next_cursor: string | null
}

export type GetExecutionStatisticsParams = {
  /**
   * So many hours, the current one among them.
   * @minimum 1
   * @maximum 168
   */
  hours?: number
  /**
   * Only those of this organization.
   */
  org_id?: string
}

export type ListFailureCausesParams = {
  /**
   * Only what was asked for in the last so many hours.
   * @minimum 1
   * @maximum 168
   */
  hours?: number
}

export type ListFailureCauses200 = {
  causes: FailureCause[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
}

export type RetryExecutionsOfCauseBody = {
  /**
   * Only what failed for this cause.
   */
  cause: string
  /**
   * Only what was asked for in the last so many hours.
   * @minimum 1
   * @maximum 168
   */
  hours?: number
}

export type RetryExecutionsOfCause202RefusedItem = {
  execution_id: string
  error: string
  message: string
}

export type RetryExecutionsOfCause202 = {
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  retried: number
  refused: RetryExecutionsOfCause202RefusedItem[]
  is_complete: boolean
}

export type ListOrganizationSummariesParams = {
  /**
   * The ids of 1 to 100 organizations, with commas between them.
   */
  org_ids: string
}

export type ListOrganizationSummaries200 = {
  summaries: OrganizationSummary[]
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  count: number
}

export type GetHealth200Status = 'ok'
export type GetHealth200 = {
  status: GetHealth200Status
}

/**
 * `ok`, or what is wrong: a sentence for this machine and for those who may see all organizations, and a code for others.
 */
export type GetReadiness200Checks = {
  /** `ok`, or what is wrong: a sentence, or for others one of database_unavailable, database_read_only, disk_full, migrations_missing, no_worker, secret_vault_unreachable, sandbox_incomplete, workspace_problems, unknown. */
  database: string
  /** `ok`, or what is wrong: a sentence, or for others one of database_unavailable, database_read_only, disk_full, migrations_missing, no_worker, secret_vault_unreachable, sandbox_incomplete, workspace_problems, unknown. */
  schema: string
  /** `ok`, or what is wrong: a sentence, or for others one of database_unavailable, database_read_only, disk_full, migrations_missing, no_worker, secret_vault_unreachable, sandbox_incomplete, workspace_problems, unknown. */
  worker: string
  /** Of the vault that holds secrets. What needs none works all the same. */
  secrets: string
  /** Of the boundary around author code. Work is done all the same. */
  sandbox: string
  /** Of the files of the workspace. It is not ready only where nothing loads at all. */
  workspace: string
}

export type GetReadiness200AuthorCodeItem = {
  host: string
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  workers: number
  layers: string
}

export type GetReadiness200 = {
  ready: boolean
  /** `ok`, or what is wrong: a sentence for this machine and for those who may see all organizations, and a code for others. */
  checks: GetReadiness200Checks
  /** What confines author code on each host that has workers, in a sentence. Empty for others. */
  author_code: GetReadiness200AuthorCodeItem[]
}

/**
 * `ok`, or what is wrong: a sentence for this machine and for those who may see all organizations, and a code for others.
 */
export type GetReadiness503Checks = {
  /** `ok`, or what is wrong: a sentence, or for others one of database_unavailable, database_read_only, disk_full, migrations_missing, no_worker, secret_vault_unreachable, sandbox_incomplete, workspace_problems, unknown. */
  database: string
  /** `ok`, or what is wrong: a sentence, or for others one of database_unavailable, database_read_only, disk_full, migrations_missing, no_worker, secret_vault_unreachable, sandbox_incomplete, workspace_problems, unknown. */
  schema: string
  /** `ok`, or what is wrong: a sentence, or for others one of database_unavailable, database_read_only, disk_full, migrations_missing, no_worker, secret_vault_unreachable, sandbox_incomplete, workspace_problems, unknown. */
  worker: string
  /** Of the vault that holds secrets. What needs none works all the same. */
  secrets: string
  /** Of the boundary around author code. Work is done all the same. */
  sandbox: string
  /** Of the files of the workspace. It is not ready only where nothing loads at all. */
  workspace: string
}

export type GetReadiness503AuthorCodeItem = {
  host: string
  /**
   * @minimum -9007199254740991
   * @maximum 9007199254740991
   */
  workers: number
  layers: string
}

export type GetReadiness503 = {
  ready: boolean
  /** `ok`, or what is wrong: a sentence for this machine and for those who may see all organizations, and a code for others. */
  checks: GetReadiness503Checks
  /** What confines author code on each host that has workers, in a sentence. Empty for others. */
  author_code: GetReadiness503AuthorCodeItem[]
}

export const getListAuditEventsUrl = (params?: ListAuditEventsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/audit?${stringifiedParams}` : `/api/audit`
}

/**
 * @summary List what was done, newest first
 */
export const listAuditEvents = async (params?: ListAuditEventsParams, options?: Parameters<typeof callApi>[1]): Promise<ListAuditEvents200> => {
  return callApi<ListAuditEvents200>(getListAuditEventsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getExportAuditEventsUrl = (params?: ExportAuditEventsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/audit/export?${stringifiedParams}` : `/api/audit/export`
}

/**
 * All events that the filters match, in UTC, as UTF-8 text. CSV is newest first, with a line of headings; a cell that a spreadsheet would run as a formula begins with an apostrophe. JSON lines are oldest first; events of the last seconds are not among them yet, and `after` continues where you stopped.
 * @summary Download what was done, as CSV or JSON lines
 */
export const exportAuditEvents = async (params?: ExportAuditEventsParams, options?: Parameters<typeof callApi>[1]): Promise<string> => {
  return callApi<string>(getExportAuditEventsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListAuditSinksUrl = () => {
  return `/api/audit/sinks`
}

/**
 * @summary List what the audit is sent on to, and how far that is
 */
export const listAuditSinks = async (options?: Parameters<typeof callApi>[1]): Promise<ListAuditSinks200> => {
  return callApi<ListAuditSinks200>(getListAuditSinksUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getCheckAuditChainUrl = (params?: CheckAuditChainParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/audit/chain?${stringifiedParams}` : `/api/audit/chain`
}

/**
 * Events are chained by hashes some moments after they are written. Looks at a part of the chain, so ask again with `next_cursor`. Someone who changes the database can make the chain again as well: keep the `head` outside, and give it back.
 * @summary Check that no event is missing or changed
 */
export const checkAuditChain = async (params?: CheckAuditChainParams, options?: Parameters<typeof callApi>[1]): Promise<AuditChain> => {
  return callApi<AuditChain>(getCheckAuditChainUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getSignInUrl = () => {
  return `/api/session`
}

/**
 * Sets an HttpOnly cookie that later requests carry. Takes the administrator key, or the token of a sign-in link, which works once.
 * @summary Sign in from a browser
 */
export const signIn = async (signInBody: SignInBody, options?: Parameters<typeof callApi>[1]): Promise<SignIn201> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<SignIn201>(getSignInUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(signInBody),
  })
}

export const getGetSessionUrl = () => {
  return `/api/session`
}

/**
 * @summary Read who is signed in
 */
export const getSession = async (options?: Parameters<typeof callApi>[1]): Promise<SignedIn> => {
  return callApi<SignedIn>(getGetSessionUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getSignOutUrl = () => {
  return `/api/session`
}

/**
 * Ends the session of this browser. Safe to repeat.
 * @summary Sign out
 */
export const signOut = async (options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getSignOutUrl(), {
    ...options,
    method: 'DELETE',
  })
}

export const getCreateSignInTokenUrl = () => {
  return `/api/session/tokens`
}

/**
 * The link is `/sign-in#token=…`. It works once, within a quarter of an hour.
 * @summary Make the token of a sign-in link
 */
export const createSignInToken = async (options?: Parameters<typeof callApi>[1]): Promise<CreateSignInToken201> => {
  return callApi<CreateSignInToken201>(getCreateSignInTokenUrl(), {
    ...options,
    method: 'POST',
  })
}

export const getListSessionsUrl = () => {
  return `/api/sessions`
}

/**
 * A person gets their own. The administrator key gets those that were signed in with it.
 * @summary List your browsers that are signed in, last used first
 */
export const listSessions = async (options?: Parameters<typeof callApi>[1]): Promise<ListSessions200> => {
  return callApi<ListSessions200>(getListSessionsUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getEndSessionUrl = (id: string) => {
  return `/api/sessions/${encodeURIComponent(String(id))}`
}

/**
 * It has to sign in again. A log that it follows ends within seconds.
 * @summary End the session of one of your browsers
 */
export const endSession = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getEndSessionUrl(id), {
    ...options,
    method: 'DELETE',
  })
}

export const getGetMeUrl = (params?: GetMeParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/me?${stringifiedParams}` : `/api/me`
}

/**
 * @summary Read who you are and what you may do
 */
export const getMe = async (params?: GetMeParams, options?: Parameters<typeof callApi>[1]): Promise<Me> => {
  return callApi<Me>(getGetMeUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListKeysUrl = (params?: ListKeysParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/keys?${stringifiedParams}` : `/api/keys`
}

/**
 * All keys for those who have canManageKeys for all organizations, and for others the keys that they made.
 * @summary List API keys, newest first
 */
export const listKeys = async (params?: ListKeysParams, options?: Parameters<typeof callApi>[1]): Promise<ListKeys200> => {
  return callApi<ListKeys200>(getListKeysUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getCreateKeyUrl = () => {
  return `/api/keys`
}

/**
 * The answer has the key, once. It never has more than you have, at any time: what you lose, it loses too.
 * @summary Make an API key
 */
export const createKey = async (createKeyBody: CreateKeyBody, options?: Parameters<typeof callApi>[1]): Promise<MadeApiKey> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<MadeApiKey>(getCreateKeyUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(createKeyBody),
  })
}

export const getRotateKeyUrl = (id: string) => {
  return `/api/keys/${encodeURIComponent(String(id))}/rotate`
}

/**
 * The answer has the new key, once. The one before is taken for another day, or as long as you say. Of others you rotate those alone that have no more than you.
 * @summary Replace an API key by a new one
 */
export const rotateKey = async (id: string, rotateKeyBody: RotateKeyBody, options?: Parameters<typeof callApi>[1]): Promise<MadeApiKey> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<MadeApiKey>(getRotateKeyUrl(id), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(rotateKeyBody),
  })
}

export const getRevokeKeyUrl = (id: string) => {
  return `/api/keys/${encodeURIComponent(String(id))}`
}

/**
 * It ends at once, everywhere, with the keys that it made and the logs that it follows.
 * @summary Revoke an API key
 */
export const revokeKey = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getRevokeKeyUrl(id), {
    ...options,
    method: 'DELETE',
  })
}

export const getStartDeviceUrl = () => {
  return `/api/device`
}

/**
 * The person opens `/device` in a browser and confirms the `user_code`. Nothing is allowed before.
 * @summary Begin to sign in a command line
 */
export const startDevice = async (startDeviceBody: StartDeviceBody, options?: Parameters<typeof callApi>[1]): Promise<StartDevice201> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<StartDevice201>(getStartDeviceUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(startDeviceBody),
  })
}

export const getAskDeviceUrl = () => {
  return `/api/device/token`
}

/**
 * Answers with the key, once. Until then `authorization_pending`; who asks more often than the interval says is told `slow_down`.
 * @summary Ask whether the sign-in of a command line was confirmed
 */
export const askDevice = async (askDeviceBody: AskDeviceBody, options?: Parameters<typeof callApi>[1]): Promise<AskDevice200> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<AskDevice200>(getAskDeviceUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(askDeviceBody),
  })
}

export const getGetDeviceRequestUrl = (code: string) => {
  return `/api/device/${encodeURIComponent(String(code))}`
}

/**
 * @summary Read which command line waits under a code
 */
export const getDeviceRequest = async (code: string, options?: Parameters<typeof callApi>[1]): Promise<GetDeviceRequest200> => {
  return callApi<GetDeviceRequest200>(getGetDeviceRequestUrl(code), {
    ...options,
    method: 'GET',
  })
}

export const getApproveDeviceUrl = (code: string) => {
  return `/api/device/${encodeURIComponent(String(code))}/approve`
}

/**
 * @summary Let a command line in, with your own permissions
 */
export const approveDevice = async (code: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getApproveDeviceUrl(code), {
    ...options,
    method: 'POST',
  })
}

export const getDenyDeviceUrl = (code: string) => {
  return `/api/device/${encodeURIComponent(String(code))}/deny`
}

/**
 * @summary Keep a command line out
 */
export const denyDevice = async (code: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getDenyDeviceUrl(code), {
    ...options,
    method: 'POST',
  })
}

export const getListDevicesUrl = () => {
  return `/api/devices`
}

/**
 * @summary List the command lines that you let in
 */
export const listDevices = async (options?: Parameters<typeof callApi>[1]): Promise<ListDevices200> => {
  return callApi<ListDevices200>(getListDevicesUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getRemoveDeviceUrl = (id: string) => {
  return `/api/devices/${encodeURIComponent(String(id))}`
}

/**
 * @summary Sign out a command line that you let in
 */
export const removeDevice = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getRemoveDeviceUrl(id), {
    ...options,
    method: 'DELETE',
  })
}

export const getListRolesUrl = () => {
  return `/api/roles`
}

/**
 * Those that come along first. Who manages no roles, keys or people sees the roles that they have.
 * @summary List roles
 */
export const listRoles = async (options?: Parameters<typeof callApi>[1]): Promise<ListRoles200> => {
  return callApi<ListRoles200>(getListRolesUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getCreateRoleUrl = () => {
  return `/api/roles`
}

/**
 * @summary Make a role of your own
 */
export const createRole = async (createRoleBody: CreateRoleBody, options?: Parameters<typeof callApi>[1]): Promise<Role> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Role>(getCreateRoleUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(createRoleBody),
  })
}

export const getUpdateRoleUrl = (name: string) => {
  return `/api/roles/${encodeURIComponent(String(name))}`
}

/**
 * @summary Change a role of your own, for everyone who has it
 */
export const updateRole = async (name: string, updateRoleBody: UpdateRoleBody, options?: Parameters<typeof callApi>[1]): Promise<Role> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Role>(getUpdateRoleUrl(name), {
    ...options,
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(updateRoleBody),
  })
}

export const getDeleteRoleUrl = (name: string) => {
  return `/api/roles/${encodeURIComponent(String(name))}`
}

/**
 * @summary Delete a role of your own that nobody has
 */
export const deleteRole = async (name: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getDeleteRoleUrl(name), {
    ...options,
    method: 'DELETE',
  })
}

export const getListOrganizationsUrl = (params?: ListOrganizationsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/organizations?${stringifiedParams}` : `/api/organizations`
}

/**
 * With `field.<name>=<value>` only those with this value of a custom field, text in any case; an empty value lists those that have none. Several apply together. Who has forms and nothing else is shown no tags and no custom fields, and `search`, `tag` and `field.<name>` do not apply to them.
 * @summary List organizations, oldest first unless another order is asked for
 */
export const listOrganizations = async (params?: ListOrganizationsParams, options?: Parameters<typeof callApi>[1]): Promise<ListOrganizations200> => {
  return callApi<ListOrganizations200>(getListOrganizationsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getCreateOrganizationUrl = () => {
  return `/api/organizations`
}

/**
 * @summary Add an organization
 */
export const createOrganization = async (createOrganizationBody: CreateOrganizationBody, options?: Parameters<typeof callApi>[1]): Promise<Organization> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Organization>(getCreateOrganizationUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(createOrganizationBody),
  })
}

export const getGetOrganizationUrl = (orgId: string) => {
  return `/api/organizations/${encodeURIComponent(String(orgId))}`
}

/**
 * @summary Read an organization
 */
export const getOrganization = async (orgId: string, options?: Parameters<typeof callApi>[1]): Promise<Organization> => {
  return callApi<Organization>(getGetOrganizationUrl(orgId), {
    ...options,
    method: 'GET',
  })
}

export const getUpdateOrganizationUrl = (orgId: string) => {
  return `/api/organizations/${encodeURIComponent(String(orgId))}`
}

/**
 * @summary Change an organization, or activate it again
 */
export const updateOrganization = async (
  orgId: string,
  updateOrganizationBody: UpdateOrganizationBody,
  options?: Parameters<typeof callApi>[1],
): Promise<Organization> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Organization>(getUpdateOrganizationUrl(orgId), {
    ...options,
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(updateOrganizationBody),
  })
}

export const getDeactivateOrganizationUrl = (orgId: string) => {
  return `/api/organizations/${encodeURIComponent(String(orgId))}`
}

/**
 * Its rows are kept; running anything for it is refused. Safe to repeat.
 * @summary Deactivate an organization
 */
export const deactivateOrganization = async (orgId: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getDeactivateOrganizationUrl(orgId), {
    ...options,
    method: 'DELETE',
  })
}

export const getListOrganizationFieldsUrl = () => {
  return `/api/organization-fields`
}

/**
 * @summary List the custom fields of organizations
 */
export const listOrganizationFields = async (options?: Parameters<typeof callApi>[1]): Promise<ListOrganizationFields200> => {
  return callApi<ListOrganizationFields200>(getListOrganizationFieldsUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getCreateOrganizationFieldUrl = () => {
  return `/api/organization-fields`
}

/**
 * @summary Define a custom field of organizations
 */
export const createOrganizationField = async (
  createOrganizationFieldBody: CreateOrganizationFieldBody,
  options?: Parameters<typeof callApi>[1],
): Promise<OrganizationField> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<OrganizationField>(getCreateOrganizationFieldUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(createOrganizationFieldBody),
  })
}

export const getUpdateOrganizationFieldUrl = (name: string) => {
  return `/api/organization-fields/${encodeURIComponent(String(name))}`
}

/**
 * @summary Change the label, the choices or the need of a custom field
 */
export const updateOrganizationField = async (
  name: string,
  updateOrganizationFieldBody: UpdateOrganizationFieldBody,
  options?: Parameters<typeof callApi>[1],
): Promise<OrganizationField> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<OrganizationField>(getUpdateOrganizationFieldUrl(name), {
    ...options,
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(updateOrganizationFieldBody),
  })
}

export const getDeleteOrganizationFieldUrl = (name: string) => {
  return `/api/organization-fields/${encodeURIComponent(String(name))}`
}

/**
 * @summary Delete a custom field, with the value that each organization has of it
 */
export const deleteOrganizationField = async (name: string, options?: Parameters<typeof callApi>[1]): Promise<DeleteOrganizationField200> => {
  return callApi<DeleteOrganizationField200>(getDeleteOrganizationFieldUrl(name), {
    ...options,
    method: 'DELETE',
  })
}

export const getSetSecretUrl = () => {
  return `/api/secrets`
}

/**
 * @summary Set a secret, or replace its value
 */
export const setSecret = async (setSecretBody: SetSecretBody, options?: Parameters<typeof callApi>[1]): Promise<Secret> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Secret>(getSetSecretUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(setSecretBody),
  })
}

export const getListSecretsUrl = (params?: ListSecretsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/secrets?${stringifiedParams}` : `/api/secrets`
}

/**
 * @summary List secrets by key, without their values
 */
export const listSecrets = async (params?: ListSecretsParams, options?: Parameters<typeof callApi>[1]): Promise<ListSecrets200> => {
  return callApi<ListSecrets200>(getListSecretsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getGetSecretUrl = (key: string, params: GetSecretParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/secrets/${encodeURIComponent(String(key))}?${stringifiedParams}`
    : `/api/secrets/${encodeURIComponent(String(key))}`
}

/**
 * @summary Get what is known of a secret: its versions, what needs and what read it, and never a value
 */
export const getSecret = async (key: string, params: GetSecretParams, options?: Parameters<typeof callApi>[1]): Promise<SecretDetails> => {
  return callApi<SecretDetails>(getGetSecretUrl(key, params), {
    ...options,
    method: 'GET',
  })
}

export const getSetSecretExpiryUrl = (key: string, params: SetSecretExpiryParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/secrets/${encodeURIComponent(String(key))}?${stringifiedParams}`
    : `/api/secrets/${encodeURIComponent(String(key))}`
}

/**
 * @summary Say when a secret expires
 */
export const setSecretExpiry = async (
  key: string,
  setSecretExpiryBody: SetSecretExpiryBody,
  params: SetSecretExpiryParams,
  options?: Parameters<typeof callApi>[1],
): Promise<Secret> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Secret>(getSetSecretExpiryUrl(key, params), {
    ...options,
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(setSecretExpiryBody),
  })
}

export const getDeleteSecretUrl = (key: string, params: DeleteSecretParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/secrets/${encodeURIComponent(String(key))}?${stringifiedParams}`
    : `/api/secrets/${encodeURIComponent(String(key))}`
}

/**
 * @summary Delete a secret
 */
export const deleteSecret = async (key: string, params: DeleteSecretParams, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getDeleteSecretUrl(key, params), {
    ...options,
    method: 'DELETE',
  })
}

export const getRestoreSecretUrl = (key: string, params: RestoreSecretParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/secrets/${encodeURIComponent(String(key))}/restore?${stringifiedParams}`
    : `/api/secrets/${encodeURIComponent(String(key))}/restore`
}

/**
 * That becomes a new version, which does not expire.
 * @summary Set a secret to what it was in an earlier version
 */
export const restoreSecret = async (
  key: string,
  restoreSecretBody: RestoreSecretBody,
  params: RestoreSecretParams,
  options?: Parameters<typeof callApi>[1],
): Promise<Secret> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Secret>(getRestoreSecretUrl(key, params), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(restoreSecretBody),
  })
}

export const getSetConfigUrl = (key: string) => {
  return `/api/config/${encodeURIComponent(String(key))}`
}

/**
 * @summary Set a config value, or replace it
 */
export const setConfig = async (key: string, setConfigBody: SetConfigBody, options?: Parameters<typeof callApi>[1]): Promise<Config> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Config>(getSetConfigUrl(key), {
    ...options,
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(setConfigBody),
  })
}

export const getGetConfigUrl = (key: string, params: GetConfigParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/config/${encodeURIComponent(String(key))}?${stringifiedParams}` : `/api/config/${encodeURIComponent(String(key))}`
}

/**
 * @summary Read a config value
 */
export const getConfig = async (key: string, params: GetConfigParams, options?: Parameters<typeof callApi>[1]): Promise<Config> => {
  return callApi<Config>(getGetConfigUrl(key, params), {
    ...options,
    method: 'GET',
  })
}

export const getDeleteConfigUrl = (key: string, params: DeleteConfigParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/config/${encodeURIComponent(String(key))}?${stringifiedParams}` : `/api/config/${encodeURIComponent(String(key))}`
}

/**
 * @summary Delete a config value
 */
export const deleteConfig = async (key: string, params: DeleteConfigParams, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getDeleteConfigUrl(key, params), {
    ...options,
    method: 'DELETE',
  })
}

export const getListConfigUrl = (params?: ListConfigParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/config?${stringifiedParams}` : `/api/config`
}

/**
 * @summary List config values by key
 */
export const listConfig = async (params?: ListConfigParams, options?: Parameters<typeof callApi>[1]): Promise<ListConfig200> => {
  return callApi<ListConfig200>(getListConfigUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListVendorsUrl = (params?: ListVendorsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/vendors?${stringifiedParams}` : `/api/vendors`
}

/**
 * @summary List the hosts that `context.http` calls, by credential: use, waiting calls, pauses
 */
export const listVendors = async (params?: ListVendorsParams, options?: Parameters<typeof callApi>[1]): Promise<ListVendors200> => {
  return callApi<ListVendors200>(getListVendorsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListSignInWaysUrl = () => {
  return `/api/session/ways`
}

/**
 * @summary Read how one can sign in here
 */
export const listSignInWays = async (options?: Parameters<typeof callApi>[1]): Promise<ListSignInWays200> => {
  return callApi<ListSignInWays200>(getListSignInWaysUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getSignInWithPasswordUrl = () => {
  return `/api/session/password`
}

/**
 * Sets an HttpOnly cookie that later requests carry. Where the person has a second factor, its code comes next.
 * @summary Sign in with e-mail address and password
 */
export const signInWithPassword = async (
  signInWithPasswordBody: SignInWithPasswordBody,
  options?: Parameters<typeof callApi>[1],
): Promise<SignInWithPassword201 | SignInWithPassword202> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<SignInWithPassword201 | SignInWithPassword202>(getSignInWithPasswordUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(signInWithPasswordBody),
  })
}

export const getCreateFirstAdministratorUrl = () => {
  return `/api/session/first-administrator`
}

/**
 * With the administrator key, or the session of the link that the start prints. They may do everything.
 * @summary Make the first person, and sign in as them
 */
export const createFirstAdministrator = async (
  createFirstAdministratorBody: CreateFirstAdministratorBody,
  options?: Parameters<typeof callApi>[1],
): Promise<CreateFirstAdministrator201> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<CreateFirstAdministrator201>(getCreateFirstAdministratorUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(createFirstAdministratorBody),
  })
}

export const getSignInWithSecondFactorUrl = () => {
  return `/api/session/second-factor`
}

/**
 * Within ten minutes of the password. A recovery code works once.
 * @summary Sign in with a code, after the password
 */
export const signInWithSecondFactor = async (
  signInWithSecondFactorBody: SignInWithSecondFactorBody,
  options?: Parameters<typeof callApi>[1],
): Promise<SignInWithSecondFactor201> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<SignInWithSecondFactor201>(getSignInWithSecondFactorUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(signInWithSecondFactorBody),
  })
}

export const getReadLinkUrl = () => {
  return `/api/session/links/look`
}

/**
 * @summary Read whom a link is for
 */
export const readLink = async (readLinkBody: ReadLinkBody, options?: Parameters<typeof callApi>[1]): Promise<ReadLink200> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ReadLink200>(getReadLinkUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(readLinkBody),
  })
}

export const getTakeLinkUrl = () => {
  return `/api/session/links/take`
}

/**
 * The link works once. Sessions that the person had end. Who keeps a second factor signs in with it next.
 * @summary Set a password with a link, and sign in
 */
export const takeLink = async (takeLinkBody: TakeLinkBody, options?: Parameters<typeof callApi>[1]): Promise<TakeLink201 | void> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<TakeLink201 | void>(getTakeLinkUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(takeLinkBody),
  })
}

export const getMailPasswordResetUrl = () => {
  return `/api/session/forgotten`
}

/**
 * Answers the same whether there is such a person or not. Does nothing where no mail is set up, and where it is asked by a name that is not one of CROSSWALK_PUBLIC_HOSTS: the link would lead there. A second factor stays.
 * @summary Have a link for a new password mailed
 */
export const mailPasswordReset = async (mailPasswordResetBody: MailPasswordResetBody, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<void>(getMailPasswordResetUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(mailPasswordResetBody),
  })
}

export const getBeginSingleSignOnUrl = () => {
  return `/api/session/single-sign-on`
}

/**
 * The browser goes to the address of the answer, and comes back signed in.
 * @summary Begin to sign in by single sign-on
 */
export const beginSingleSignOn = async (
  beginSingleSignOnBody: BeginSingleSignOnBody,
  options?: Parameters<typeof callApi>[1],
): Promise<BeginSingleSignOn200> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<BeginSingleSignOn200>(getBeginSingleSignOnUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(beginSingleSignOnBody),
  })
}

export const getFinishSingleSignOnUrl = (params?: FinishSingleSignOnParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/session/single-sign-on/callback?${stringifiedParams}` : `/api/session/single-sign-on/callback`
}

/**
 * Where the provider sends the browser. Leads to a page of the interface, which says what went wrong.
 * @summary Come back from a single sign-on
 */
export const finishSingleSignOn = async (params?: FinishSingleSignOnParams, options?: Parameters<typeof callApi>[1]): Promise<unknown> => {
  return callApi<unknown>(getFinishSingleSignOnUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getGetSignInSettingsUrl = () => {
  return `/api/sign-in-settings`
}

/**
 * @summary Read how people may sign in
 */
export const getSignInSettings = async (options?: Parameters<typeof callApi>[1]): Promise<SignInSettings> => {
  return callApi<SignInSettings>(getGetSignInSettingsUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getSetSignInSettingsUrl = () => {
  return `/api/sign-in-settings`
}

/**
 * Takes an administrator of all organizations: the one who says who somebody is can be anybody.
 * @summary Set how people may sign in
 */
export const setSignInSettings = async (setSignInSettingsBody: SetSignInSettingsBody, options?: Parameters<typeof callApi>[1]): Promise<SignInSettings> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<SignInSettings>(getSetSignInSettingsUrl(), {
    ...options,
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(setSignInSettingsBody),
  })
}

export const getTestSingleSignOnUrl = () => {
  return `/api/sign-in-settings/test`
}

/**
 * Looks for the provider, and whether it takes the client and its secret. Nobody is signed in by it.
 * @summary Test a single sign-on before it is set
 */
export const testSingleSignOn = async (testSingleSignOnBody: TestSingleSignOnBody, options?: Parameters<typeof callApi>[1]): Promise<TestSingleSignOn200> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<TestSingleSignOn200>(getTestSingleSignOnUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(testSingleSignOnBody),
  })
}

export const getListPeopleUrl = (params?: ListPeopleParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/people?${stringifiedParams}` : `/api/people`
}

/**
 * @summary List the people who sign in, by name
 */
export const listPeople = async (params?: ListPeopleParams, options?: Parameters<typeof callApi>[1]): Promise<ListPeople200> => {
  return callApi<ListPeople200>(getListPeopleUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getInvitePersonUrl = () => {
  return `/api/people`
}

/**
 * They sign in with the link of the answer, or by single sign-on. Nobody can give more than they have.
 * @summary Invite a person
 */
export const invitePerson = async (invitePersonBody: InvitePersonBody, options?: Parameters<typeof callApi>[1]): Promise<InvitePerson201> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<InvitePerson201>(getInvitePersonUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(invitePersonBody),
  })
}

export const getGetPersonUrl = (id: string) => {
  return `/api/people/${encodeURIComponent(String(id))}`
}

/**
 * @summary Read a person
 */
export const getPerson = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<Person> => {
  return callApi<Person>(getGetPersonUrl(id), {
    ...options,
    method: 'GET',
  })
}

export const getUpdatePersonUrl = (id: string) => {
  return `/api/people/${encodeURIComponent(String(id))}`
}

/**
 * @summary Change a person's name, address or grants
 */
export const updatePerson = async (id: string, updatePersonBody: UpdatePersonBody, options?: Parameters<typeof callApi>[1]): Promise<Person> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Person>(getUpdatePersonUrl(id), {
    ...options,
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(updatePersonBody),
  })
}

export const getRemovePersonUrl = (id: string) => {
  return `/api/people/${encodeURIComponent(String(id))}`
}

/**
 * Their sessions and keys end at once. What they did stays in the audit.
 * @summary Remove a person
 */
export const removePerson = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getRemovePersonUrl(id), {
    ...options,
    method: 'DELETE',
  })
}

export const getCreateInvitationUrl = (id: string) => {
  return `/api/people/${encodeURIComponent(String(id))}/invite`
}

/**
 * The link works once, and replaces earlier ones. A reset takes the second factor and passkeys away as well. It is mailed where mail is set up.
 * @summary Make another invitation
 */
export const createInvitation = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<PersonLink> => {
  return callApi<PersonLink>(getCreateInvitationUrl(id), {
    ...options,
    method: 'POST',
  })
}

export const getCreatePasswordResetUrl = (id: string) => {
  return `/api/people/${encodeURIComponent(String(id))}/reset`
}

/**
 * The link works once, and replaces earlier ones. A reset takes the second factor and passkeys away as well. It is mailed where mail is set up.
 * @summary Make a link that sets a new password
 */
export const createPasswordReset = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<PersonLink> => {
  return callApi<PersonLink>(getCreatePasswordResetUrl(id), {
    ...options,
    method: 'POST',
  })
}

export const getDeactivatePersonUrl = (id: string) => {
  return `/api/people/${encodeURIComponent(String(id))}/deactivate`
}

/**
 * Their sessions and keys end at once, everywhere. Safe to repeat.
 * @summary Deactivate a person
 */
export const deactivatePerson = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<Person> => {
  return callApi<Person>(getDeactivatePersonUrl(id), {
    ...options,
    method: 'POST',
  })
}

export const getActivatePersonUrl = (id: string) => {
  return `/api/people/${encodeURIComponent(String(id))}/activate`
}

/**
 * They sign in with what they had. Safe to repeat.
 * @summary Activate a person again
 */
export const activatePerson = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<Person> => {
  return callApi<Person>(getActivatePersonUrl(id), {
    ...options,
    method: 'POST',
  })
}

export const getBeginViewingAsUrl = (id: string) => {
  return `/api/people/${encodeURIComponent(String(id))}/view`
}

/**
 * For administrators of all organizations who are signed in as a person. From then on your browser reads what both of you may see, and changes nothing. It ends after 30 minutes, with your session, or with `DELETE /api/session/view`.
 * @summary View Crosswalk as another person
 */
export const beginViewingAs = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<BeginViewingAs201> => {
  return callApi<BeginViewingAs201>(getBeginViewingAsUrl(id), {
    ...options,
    method: 'POST',
  })
}

export const getEndViewingAsUrl = () => {
  return `/api/session/view`
}

/**
 * From then on you are yourself. Safe to repeat.
 * @summary End viewing Crosswalk as another person
 */
export const endViewingAs = async (options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getEndViewingAsUrl(), {
    ...options,
    method: 'DELETE',
  })
}

export const getProveSessionUrl = () => {
  return `/api/session/proof`
}

/**
 * For half an hour this session may do what answers `proof_required` otherwise. Who has no password signs out and in again instead.
 * @summary Prove again that it is you, with all that you sign in with
 */
export const proveSession = async (proveSessionBody: ProveSessionBody, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<void>(getProveSessionUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(proveSessionBody),
  })
}

export const getGetProfileUrl = () => {
  return `/api/profile`
}

/**
 * @summary Read your own account
 */
export const getProfile = async (options?: Parameters<typeof callApi>[1]): Promise<GetProfile200> => {
  return callApi<GetProfile200>(getGetProfileUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getUpdateProfileUrl = () => {
  return `/api/profile`
}

/**
 * @summary Change what you are called
 */
export const updateProfile = async (updateProfileBody: UpdateProfileBody, options?: Parameters<typeof callApi>[1]): Promise<Person> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Person>(getUpdateProfileUrl(), {
    ...options,
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(updateProfileBody),
  })
}

export const getChangePasswordUrl = () => {
  return `/api/profile/password`
}

/**
 * Your other browsers have to sign in again.
 * @summary Change your password
 */
export const changePassword = async (changePasswordBody: ChangePasswordBody, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<void>(getChangePasswordUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(changePasswordBody),
  })
}

export const getBeginSecondFactorUrl = () => {
  return `/api/profile/second-factor`
}

/**
 * It is not asked for before `POST /api/profile/second-factor/confirm` had a code of the app.
 * @summary Set up a second factor: one-time codes of an app
 */
export const beginSecondFactor = async (
  beginSecondFactorBody: BeginSecondFactorBody,
  options?: Parameters<typeof callApi>[1],
): Promise<BeginSecondFactor201> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<BeginSecondFactor201>(getBeginSecondFactorUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(beginSecondFactorBody),
  })
}

export const getConfirmSecondFactorUrl = () => {
  return `/api/profile/second-factor/confirm`
}

/**
 * @summary Have the second factor asked for from now on
 */
export const confirmSecondFactor = async (confirmSecondFactorBody: ConfirmSecondFactorBody, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<void>(getConfirmSecondFactorUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(confirmSecondFactorBody),
  })
}

export const getRemoveSecondFactorUrl = () => {
  return `/api/profile/second-factor/remove`
}

/**
 * @summary Have no second factor asked for any more
 */
export const removeSecondFactor = async (removeSecondFactorBody: RemoveSecondFactorBody, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<void>(getRemoveSecondFactorUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(removeSecondFactorBody),
  })
}

export const getCreateRecoveryCodesUrl = () => {
  return `/api/profile/recovery-codes`
}

/**
 * @summary Make new recovery codes in place of the earlier ones
 */
export const createRecoveryCodes = async (
  createRecoveryCodesBody: CreateRecoveryCodesBody,
  options?: Parameters<typeof callApi>[1],
): Promise<CreateRecoveryCodes201> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<CreateRecoveryCodes201>(getCreateRecoveryCodesUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(createRecoveryCodesBody),
  })
}

export const getBeginPasskeySignInUrl = () => {
  return `/api/session/passkey/options`
}

/**
 * @summary Begin to sign in with a passkey
 */
export const beginPasskeySignIn = async (options?: Parameters<typeof callApi>[1]): Promise<BeginPasskeySignIn200> => {
  return callApi<BeginPasskeySignIn200>(getBeginPasskeySignInUrl(), {
    ...options,
    method: 'POST',
  })
}

export const getSignInWithPasskeyUrl = () => {
  return `/api/session/passkey`
}

/**
 * It needs no second factor: the device has asked for a PIN, a finger or a face.
 * @summary Sign in with a passkey
 */
export const signInWithPasskey = async (
  signInWithPasskeyBody: SignInWithPasskeyBody,
  options?: Parameters<typeof callApi>[1],
): Promise<SignInWithPasskey201> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<SignInWithPasskey201>(getSignInWithPasskeyUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(signInWithPasskeyBody),
  })
}

export const getListPasskeysUrl = () => {
  return `/api/profile/passkeys`
}

/**
 * @summary List your passkeys
 */
export const listPasskeys = async (options?: Parameters<typeof callApi>[1]): Promise<ListPasskeys200> => {
  return callApi<ListPasskeys200>(getListPasskeysUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getAddPasskeyUrl = () => {
  return `/api/profile/passkeys`
}

/**
 * @summary Add a passkey
 */
export const addPasskey = async (addPasskeyBody: AddPasskeyBody, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<void>(getAddPasskeyUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(addPasskeyBody),
  })
}

export const getBeginPasskeyUrl = () => {
  return `/api/profile/passkeys/options`
}

/**
 * @summary Begin to add a passkey
 */
export const beginPasskey = async (beginPasskeyBody: BeginPasskeyBody, options?: Parameters<typeof callApi>[1]): Promise<BeginPasskey200> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<BeginPasskey200>(getBeginPasskeyUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(beginPasskeyBody),
  })
}

export const getRemovePasskeyUrl = (id: string) => {
  return `/api/profile/passkeys/${encodeURIComponent(String(id))}`
}

/**
 * @summary Remove one of your passkeys
 */
export const removePasskey = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getRemovePasskeyUrl(id), {
    ...options,
    method: 'DELETE',
  })
}

export const getGetScimConfigUrl = (params?: GetScimConfigParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/scim/v2/ServiceProviderConfig?${stringifiedParams}` : `/api/scim/v2/ServiceProviderConfig`
}

/**
 * @summary Read what this does of SCIM
 */
export const getScimConfig = async (params?: GetScimConfigParams, options?: Parameters<typeof callApi>[1]): Promise<ScimResource> => {
  return callApi<ScimResource>(getGetScimConfigUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListScimResourceTypesUrl = (params?: ListScimResourceTypesParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/scim/v2/ResourceTypes?${stringifiedParams}` : `/api/scim/v2/ResourceTypes`
}

/**
 * @summary List what is kept by SCIM
 */
export const listScimResourceTypes = async (params?: ListScimResourceTypesParams, options?: Parameters<typeof callApi>[1]): Promise<ScimResource> => {
  return callApi<ScimResource>(getListScimResourceTypesUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListScimSchemasUrl = (params?: ListScimSchemasParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/scim/v2/Schemas?${stringifiedParams}` : `/api/scim/v2/Schemas`
}

/**
 * @summary List the attributes that are kept by SCIM
 */
export const listScimSchemas = async (params?: ListScimSchemasParams, options?: Parameters<typeof callApi>[1]): Promise<ScimResource> => {
  return callApi<ScimResource>(getListScimSchemasUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListScimUsersUrl = (params?: ListScimUsersParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/scim/v2/Users?${stringifiedParams}` : `/api/scim/v2/Users`
}

/**
 * @summary List people, as SCIM has users
 */
export const listScimUsers = async (params?: ListScimUsersParams, options?: Parameters<typeof callApi>[1]): Promise<ScimResource> => {
  return callApi<ScimResource>(getListScimUsersUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getCreateScimUserUrl = (params?: CreateScimUserParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/scim/v2/Users?${stringifiedParams}` : `/api/scim/v2/Users`
}

/**
 * @summary Add a person
 */
export const createScimUser = async (
  createScimUserBody: CreateScimUserBody,
  params?: CreateScimUserParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ScimResource> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ScimResource>(getCreateScimUserUrl(params), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(createScimUserBody),
  })
}

export const getGetScimUserUrl = (id: string, params?: GetScimUserParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/scim/v2/Users/${encodeURIComponent(String(id))}?${stringifiedParams}`
    : `/api/scim/v2/Users/${encodeURIComponent(String(id))}`
}

/**
 * @summary Read a person
 */
export const getScimUser = async (id: string, params?: GetScimUserParams, options?: Parameters<typeof callApi>[1]): Promise<ScimResource> => {
  return callApi<ScimResource>(getGetScimUserUrl(id, params), {
    ...options,
    method: 'GET',
  })
}

export const getReplaceScimUserUrl = (id: string, params?: ReplaceScimUserParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/scim/v2/Users/${encodeURIComponent(String(id))}?${stringifiedParams}`
    : `/api/scim/v2/Users/${encodeURIComponent(String(id))}`
}

/**
 * @summary Say everything of a person again
 */
export const replaceScimUser = async (
  id: string,
  replaceScimUserBody: ReplaceScimUserBody,
  params?: ReplaceScimUserParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ScimResource> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ScimResource>(getReplaceScimUserUrl(id, params), {
    ...options,
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(replaceScimUserBody),
  })
}

export const getPatchScimUserUrl = (id: string, params?: PatchScimUserParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/scim/v2/Users/${encodeURIComponent(String(id))}?${stringifiedParams}`
    : `/api/scim/v2/Users/${encodeURIComponent(String(id))}`
}

/**
 * @summary Change a person, or deactivate them
 */
export const patchScimUser = async (
  id: string,
  patchScimUserBody: PatchScimUserBody,
  params?: PatchScimUserParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ScimResource> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ScimResource>(getPatchScimUserUrl(id, params), {
    ...options,
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(patchScimUserBody),
  })
}

export const getRemoveScimUserUrl = (id: string, params?: RemoveScimUserParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/scim/v2/Users/${encodeURIComponent(String(id))}?${stringifiedParams}`
    : `/api/scim/v2/Users/${encodeURIComponent(String(id))}`
}

/**
 * @summary Remove a person
 */
export const removeScimUser = async (id: string, params?: RemoveScimUserParams, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getRemoveScimUserUrl(id, params), {
    ...options,
    method: 'DELETE',
  })
}

export const getListScimGroupsUrl = (params?: ListScimGroupsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/scim/v2/Groups?${stringifiedParams}` : `/api/scim/v2/Groups`
}

/**
 * @summary List groups
 */
export const listScimGroups = async (params?: ListScimGroupsParams, options?: Parameters<typeof callApi>[1]): Promise<ScimResource> => {
  return callApi<ScimResource>(getListScimGroupsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getCreateScimGroupUrl = (params?: CreateScimGroupParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/scim/v2/Groups?${stringifiedParams}` : `/api/scim/v2/Groups`
}

/**
 * @summary Add a group
 */
export const createScimGroup = async (
  createScimGroupBody: CreateScimGroupBody,
  params?: CreateScimGroupParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ScimResource> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ScimResource>(getCreateScimGroupUrl(params), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(createScimGroupBody),
  })
}

export const getGetScimGroupUrl = (id: string, params?: GetScimGroupParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/scim/v2/Groups/${encodeURIComponent(String(id))}?${stringifiedParams}`
    : `/api/scim/v2/Groups/${encodeURIComponent(String(id))}`
}

/**
 * @summary Read a group
 */
export const getScimGroup = async (id: string, params?: GetScimGroupParams, options?: Parameters<typeof callApi>[1]): Promise<ScimResource> => {
  return callApi<ScimResource>(getGetScimGroupUrl(id, params), {
    ...options,
    method: 'GET',
  })
}

export const getReplaceScimGroupUrl = (id: string, params?: ReplaceScimGroupParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/scim/v2/Groups/${encodeURIComponent(String(id))}?${stringifiedParams}`
    : `/api/scim/v2/Groups/${encodeURIComponent(String(id))}`
}

/**
 * @summary Say everything of a group again
 */
export const replaceScimGroup = async (
  id: string,
  replaceScimGroupBody: ReplaceScimGroupBody,
  params?: ReplaceScimGroupParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ScimResource> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ScimResource>(getReplaceScimGroupUrl(id, params), {
    ...options,
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(replaceScimGroupBody),
  })
}

export const getPatchScimGroupUrl = (id: string, params?: PatchScimGroupParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/scim/v2/Groups/${encodeURIComponent(String(id))}?${stringifiedParams}`
    : `/api/scim/v2/Groups/${encodeURIComponent(String(id))}`
}

/**
 * @summary Change a group, or who is in it
 */
export const patchScimGroup = async (
  id: string,
  patchScimGroupBody: PatchScimGroupBody,
  params?: PatchScimGroupParams,
  options?: Parameters<typeof callApi>[1],
): Promise<void> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<void>(getPatchScimGroupUrl(id, params), {
    ...options,
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(patchScimGroupBody),
  })
}

export const getRemoveScimGroupUrl = (id: string, params?: RemoveScimGroupParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/scim/v2/Groups/${encodeURIComponent(String(id))}?${stringifiedParams}`
    : `/api/scim/v2/Groups/${encodeURIComponent(String(id))}`
}

/**
 * @summary Remove a group
 */
export const removeScimGroup = async (id: string, params?: RemoveScimGroupParams, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getRemoveScimGroupUrl(id, params), {
    ...options,
    method: 'DELETE',
  })
}

export const getListConnectionsUrl = (params?: ListConnectionsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/connections?${stringifiedParams}` : `/api/connections`
}

/**
 * @summary List connections to vendors, oldest first
 */
export const listConnections = async (params?: ListConnectionsParams, options?: Parameters<typeof callApi>[1]): Promise<ListConnections200> => {
  return callApi<ListConnections200>(getListConnectionsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getStartConnectingUrl = () => {
  return `/api/connections/start`
}

/**
 * Go to the address of the answer within ten minutes. The vendor leads back to `/api/connections/callback`, which is the redirect URI to register there.
 * @summary Begin to connect, in this browser
 */
export const startConnecting = async (startConnectingBody: StartConnectingBody, options?: Parameters<typeof callApi>[1]): Promise<StartConnecting200> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<StartConnecting200>(getStartConnectingUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(startConnectingBody),
  })
}

export const getRevokeConnectionUrl = (id: string) => {
  return `/api/connections/${encodeURIComponent(String(id))}`
}

/**
 * Where the integration declares a `revokeUrl`, the vendor is asked first to end the consent, and 200 says what came of that. 204: the vendor was not asked, because nothing says how.
 * @summary Forget a connection and its tokens
 */
export const revokeConnection = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<RevokedConnection | void> => {
  return callApi<RevokedConnection | void>(getRevokeConnectionUrl(id), {
    ...options,
    method: 'DELETE',
  })
}

export const getFinishConnectingUrl = (params?: FinishConnectingParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/connections/callback?${stringifiedParams}` : `/api/connections/callback`
}

/**
 * Where the vendor sends the browser. Answers a page that says what came of it.
 * @summary Come back from a vendor
 */
export const finishConnecting = async (params?: FinishConnectingParams, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getFinishConnectingUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListConnectionLinksUrl = (params?: ListConnectionLinksParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/connections/links?${stringifiedParams}` : `/api/connections/links`
}

/**
 * @summary List the links to connect that somebody may still use, oldest first
 */
export const listConnectionLinks = async (params?: ListConnectionLinksParams, options?: Parameters<typeof callApi>[1]): Promise<ListConnectionLinks200> => {
  return callApi<ListConnectionLinks200>(getListConnectionLinksUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getMakeConnectionLinkUrl = () => {
  return `/api/connections/links`
}

/**
 * It opens a page that says what is connected, for whom, and who made the link. From there it leads to the vendor.
 * @summary Make a link by which someone may connect, once, within seven days
 */
export const makeConnectionLink = async (
  makeConnectionLinkBody: MakeConnectionLinkBody,
  options?: Parameters<typeof callApi>[1],
): Promise<MakeConnectionLink201> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<MakeConnectionLink201>(getMakeConnectionLinkUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(makeConnectionLinkBody),
  })
}

export const getRevokeConnectionLinkUrl = (id: string) => {
  return `/api/connections/links/${encodeURIComponent(String(id))}`
}

/**
 * @summary Revoke a link to connect that nobody has used
 */
export const revokeConnectionLink = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getRevokeConnectionLinkUrl(id), {
    ...options,
    method: 'DELETE',
  })
}

export const getOpenConnectionLinkUrl = (params: OpenConnectionLinkParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/connections/open?${stringifiedParams}` : `/api/connections/open`
}

/**
 * Answers a page that says what is connected, and asks whether to continue to the vendor. Nobody has to be signed in here.
 * @summary Open a link to connect
 */
export const openConnectionLink = async (params: OpenConnectionLinkParams, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getOpenConnectionLinkUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getContinueConnectionLinkUrl = (params: ContinueConnectionLinkParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/connections/continue?${stringifiedParams}` : `/api/connections/continue`
}

/**
 * Only from that page, in the browser that has opened it.
 * @summary Continue from the page of a link to the vendor
 */
export const continueConnectionLink = async (params: ContinueConnectionLinkParams, options?: Parameters<typeof callApi>[1]): Promise<unknown> => {
  return callApi<unknown>(getContinueConnectionLinkUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListExecutionExchangesUrl = (id: string, params?: ListExecutionExchangesParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/executions/${encodeURIComponent(String(id))}/exchanges?${stringifiedParams}`
    : `/api/executions/${encodeURIComponent(String(id))}/exchanges`
}

/**
 * In the order in which the exchanges ended. Paths come without query and secrets.
 * @summary List what an execution asked of vendors through `context.http`, and for the tokens that this needed
 */
export const listExecutionExchanges = async (
  id: string,
  params?: ListExecutionExchangesParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ListExecutionExchanges200> => {
  return callApi<ListExecutionExchanges200>(getListExecutionExchangesUrl(id, params), {
    ...options,
    method: 'GET',
  })
}

export const getListIntegrationsUrl = (params?: ListIntegrationsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/integrations?${stringifiedParams}` : `/api/integrations`
}

/**
 * @summary List integrations by name, and the files that failed to load
 */
export const listIntegrations = async (params?: ListIntegrationsParams, options?: Parameters<typeof callApi>[1]): Promise<ListIntegrations200> => {
  return callApi<ListIntegrations200>(getListIntegrationsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getGetIntegrationUrl = (name: string, params?: GetIntegrationParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/integrations/${encodeURIComponent(String(name))}?${stringifiedParams}`
    : `/api/integrations/${encodeURIComponent(String(name))}`
}

/**
 * @summary Read an integration
 */
export const getIntegration = async (name: string, params?: GetIntegrationParams, options?: Parameters<typeof callApi>[1]): Promise<Integration> => {
  return callApi<Integration>(getGetIntegrationUrl(name, params), {
    ...options,
    method: 'GET',
  })
}

export const getSwitchIntegrationUrl = (name: string) => {
  return `/api/integrations/${encodeURIComponent(String(name))}`
}

/**
 * For all organizations, from its next use on. Its mappings and credentials stay; what runs keeps the clients that it has.
 * @summary Switch an integration that comes along on or off
 */
export const switchIntegration = async (
  name: string,
  switchIntegrationBody: SwitchIntegrationBody,
  options?: Parameters<typeof callApi>[1],
): Promise<Integration> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Integration>(getSwitchIntegrationUrl(name), {
    ...options,
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(switchIntegrationBody),
  })
}

export const getGetWorkspaceUrl = () => {
  return `/api/workspace`
}

/**
 * @summary See what of the workspace loads, what does not, and since when
 */
export const getWorkspace = async (options?: Parameters<typeof callApi>[1]): Promise<Workspace> => {
  return callApi<Workspace>(getGetWorkspaceUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getRemoveDefinitionUrl = (kind: 'integration' | 'workflow' | 'data_provider', name: string) => {
  return `/api/workspace/${encodeURIComponent(String(kind))}/${encodeURIComponent(String(name))}`
}

/**
 * Its schedule goes with it. Its executions, and the mappings of an integration, stay.
 * @summary Confirm that a definition that does not load any more is gone
 */
export const removeDefinition = async (
  kind: 'integration' | 'workflow' | 'data_provider',
  name: string,
  options?: Parameters<typeof callApi>[1],
): Promise<void> => {
  return callApi<void>(getRemoveDefinitionUrl(kind, name), {
    ...options,
    method: 'DELETE',
  })
}

export const getListMappingsUrl = (orgId: string, params?: ListMappingsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/organizations/${encodeURIComponent(String(orgId))}/integrations?${stringifiedParams}`
    : `/api/organizations/${encodeURIComponent(String(orgId))}/integrations`
}

/**
 * @summary List an organization's mappings, oldest first
 */
export const listMappings = async (orgId: string, params?: ListMappingsParams, options?: Parameters<typeof callApi>[1]): Promise<ListMappings200> => {
  return callApi<ListMappings200>(getListMappingsUrl(orgId, params), {
    ...options,
    method: 'GET',
  })
}

export const getCreateMappingUrl = (orgId: string) => {
  return `/api/organizations/${encodeURIComponent(String(orgId))}/integrations`
}

/**
 * @summary Map an external organization to an organization
 */
export const createMapping = async (orgId: string, createMappingBody: CreateMappingBody, options?: Parameters<typeof callApi>[1]): Promise<Mapping> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Mapping>(getCreateMappingUrl(orgId), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(createMappingBody),
  })
}

export const getGetMappingUrl = (orgId: string, mappingId: string) => {
  return `/api/organizations/${encodeURIComponent(String(orgId))}/integrations/${encodeURIComponent(String(mappingId))}`
}

/**
 * @summary Read a mapping
 */
export const getMapping = async (orgId: string, mappingId: string, options?: Parameters<typeof callApi>[1]): Promise<Mapping> => {
  return callApi<Mapping>(getGetMappingUrl(orgId, mappingId), {
    ...options,
    method: 'GET',
  })
}

export const getUpdateMappingUrl = (orgId: string, mappingId: string) => {
  return `/api/organizations/${encodeURIComponent(String(orgId))}/integrations/${encodeURIComponent(String(mappingId))}`
}

/**
 * @summary Change a mapping, deactivate it or activate it again
 */
export const updateMapping = async (
  orgId: string,
  mappingId: string,
  updateMappingBody: UpdateMappingBody,
  options?: Parameters<typeof callApi>[1],
): Promise<Mapping> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Mapping>(getUpdateMappingUrl(orgId, mappingId), {
    ...options,
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(updateMappingBody),
  })
}

export const getDeleteMappingUrl = (orgId: string, mappingId: string) => {
  return `/api/organizations/${encodeURIComponent(String(orgId))}/integrations/${encodeURIComponent(String(mappingId))}`
}

/**
 * Its row is kept and can be activated again. Safe to repeat.
 * @summary Deactivate a mapping
 */
export const deleteMapping = async (orgId: string, mappingId: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getDeleteMappingUrl(orgId, mappingId), {
    ...options,
    method: 'DELETE',
  })
}

export const getTestMappingUrl = (orgId: string, mappingId: string) => {
  return `/api/organizations/${encodeURIComponent(String(orgId))}/integrations/${encodeURIComponent(String(mappingId))}/test`
}

/**
 * The result is kept on the mapping.
 * @summary Test a mapping's connection
 */
export const testMapping = async (orgId: string, mappingId: string, options?: Parameters<typeof callApi>[1]): Promise<ConnectionTest> => {
  return callApi<ConnectionTest>(getTestMappingUrl(orgId, mappingId), {
    ...options,
    method: 'POST',
  })
}

export const getTestIntegrationUrl = (name: string) => {
  return `/api/integrations/${encodeURIComponent(String(name))}/test`
}

/**
 * @summary Test the connection of a mapping that is not saved yet
 */
export const testIntegration = async (
  name: string,
  testIntegrationBody: TestIntegrationBody,
  options?: Parameters<typeof callApi>[1],
): Promise<ConnectionTest> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ConnectionTest>(getTestIntegrationUrl(name), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(testIntegrationBody),
  })
}

export const getDiscoverOrganizationsUrl = (name: string, params?: DiscoverOrganizationsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/integrations/${encodeURIComponent(String(name))}/discover?${stringifiedParams}`
    : `/api/integrations/${encodeURIComponent(String(name))}/discover`
}

/**
 * Answers from the last list while that is fresh, and asks the vendor otherwise. Simultaneous calls share one run.
 * @summary List the organizations of the outside system
 */
export const discoverOrganizations = async (
  name: string,
  params?: DiscoverOrganizationsParams,
  options?: Parameters<typeof callApi>[1],
): Promise<DiscoveredOrganizations | DiscoveryRunning> => {
  return callApi<DiscoveredOrganizations | DiscoveryRunning>(getDiscoverOrganizationsUrl(name, params), {
    ...options,
    method: 'GET',
  })
}

export const getListExternalOrganizationsUrl = (name: string, params?: ListExternalOrganizationsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/integrations/${encodeURIComponent(String(name))}/external-organizations?${stringifiedParams}`
    : `/api/integrations/${encodeURIComponent(String(name))}/external-organizations`
}

/**
 * @summary Search the external organizations that were discovered, by name
 */
export const listExternalOrganizations = async (
  name: string,
  params?: ListExternalOrganizationsParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ListExternalOrganizations200> => {
  return callApi<ListExternalOrganizations200>(getListExternalOrganizationsUrl(name, params), {
    ...options,
    method: 'GET',
  })
}

export const getListDiscoveryRunsUrl = (name: string, params?: ListDiscoveryRunsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/integrations/${encodeURIComponent(String(name))}/discovery-runs?${stringifiedParams}`
    : `/api/integrations/${encodeURIComponent(String(name))}/discovery-runs`
}

/**
 * @summary List the last runs of discovery, newest first
 */
export const listDiscoveryRuns = async (
  name: string,
  params?: ListDiscoveryRunsParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ListDiscoveryRuns200> => {
  return callApi<ListDiscoveryRuns200>(getListDiscoveryRunsUrl(name, params), {
    ...options,
    method: 'GET',
  })
}

export const getListMappingsOfAllUrl = (params?: ListMappingsOfAllParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/mappings?${stringifiedParams}` : `/api/mappings`
}

/**
 * With `attention` only those that need it: the last test failed (`failing_test`), there was none (`never_tested`), or discovery saw the external organization vanish (`gone`) or take another name (`renamed`). A mapping of a deactivated organization needs no attention.
 * @summary List the active mappings of all organizations, oldest first
 */
export const listMappingsOfAll = async (params?: ListMappingsOfAllParams, options?: Parameters<typeof callApi>[1]): Promise<ListMappingsOfAll200> => {
  return callApi<ListMappingsOfAll200>(getListMappingsOfAllUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListTestCausesUrl = () => {
  return `/api/mappings/causes`
}

/**
 * Of the active mappings whose last test failed: what failed for one reason is one cause, whichever organizations it hit. Twenty causes at most. `POST /api/mappings/test` with its `cause` tests them again.
 * @summary List why connection tests fail, the most frequent cause first
 */
export const listTestCauses = async (options?: Parameters<typeof callApi>[1]): Promise<ListTestCauses200> => {
  return callApi<ListTestCauses200>(getListTestCausesUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getCountMappedOrganizationsUrl = () => {
  return `/api/integrations/mapped-organizations`
}

/**
 * @summary Count for how many active organizations each integration is mapped
 */
export const countMappedOrganizations = async (options?: Parameters<typeof callApi>[1]): Promise<MappedOrganizationCounts> => {
  return callApi<MappedOrganizationCounts>(getCountMappedOrganizationsUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getListIntegrationOrganizationsUrl = (name: string, params?: ListIntegrationOrganizationsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/integrations/${encodeURIComponent(String(name))}/organizations?${stringifiedParams}`
    : `/api/integrations/${encodeURIComponent(String(name))}/organizations`
}

/**
 * @summary List the active organizations with their mappings of an integration, by name
 */
export const listIntegrationOrganizations = async (
  name: string,
  params?: ListIntegrationOrganizationsParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ListIntegrationOrganizations200> => {
  return callApi<ListIntegrationOrganizations200>(getListIntegrationOrganizationsUrl(name, params), {
    ...options,
    method: 'GET',
  })
}

export const getListMatchesUrl = (name: string, params?: ListMatchesParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/integrations/${encodeURIComponent(String(name))}/matches?${stringifiedParams}`
    : `/api/integrations/${encodeURIComponent(String(name))}/matches`
}

/**
 * Compares with the organizations that were discovered last, and does not ask the vendor.
 * @summary List the active organizations without a mapping, by name, with the external organizations that are likely to be them
 */
export const listMatches = async (name: string, params?: ListMatchesParams, options?: Parameters<typeof callApi>[1]): Promise<ListMatches200> => {
  return callApi<ListMatches200>(getListMatchesUrl(name, params), {
    ...options,
    method: 'GET',
  })
}

export const getCreateMappingsUrl = (name: string) => {
  return `/api/integrations/${encodeURIComponent(String(name))}/mappings`
}

/**
 * A line names an organization, or a new one that is added with its mapping. New ones need the permission for all organizations. Where lines are in the way, the answer names all of them and nothing is changed.
 * @summary Map many organizations at once, all of them or none
 */
export const createMappings = async (
  name: string,
  createMappingsBody: CreateMappingsBody,
  options?: Parameters<typeof callApi>[1],
): Promise<CreateMappings201> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<CreateMappings201>(getCreateMappingsUrl(name), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(createMappingsBody),
  })
}

export const getImportOrganizationsUrl = () => {
  return `/api/organizations/import`
}

/**
 * A row is of the organization that its id, an external id that it is mapped to, or its whole name says, and otherwise of a new one. Empty cells change nothing, tags are added to those that it has, external ids become mappings. All of it or nothing is imported. With `dry_run` nothing is, and the answer is what would become of each row.
 * @summary Import organizations from CSV, or say what importing it would do
 */
export const importOrganizations = async (
  importOrganizationsBody: ImportOrganizationsBody,
  options?: Parameters<typeof callApi>[1],
): Promise<ImportOrganizations200> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ImportOrganizations200>(getImportOrganizationsUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(importOrganizationsBody),
  })
}

export const getListDataProvidersUrl = (params?: ListDataProvidersParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/data-providers?${stringifiedParams}` : `/api/data-providers`
}

/**
 * @summary List data providers by name, and the files that failed to load
 */
export const listDataProviders = async (params?: ListDataProvidersParams, options?: Parameters<typeof callApi>[1]): Promise<ListDataProviders200> => {
  return callApi<ListDataProviders200>(getListDataProvidersUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getProvideOptionsUrl = (name: string, params?: ProvideOptionsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/data-providers/${encodeURIComponent(String(name))}/options?${stringifiedParams}`
    : `/api/data-providers/${encodeURIComponent(String(name))}/options`
}

/**
 * The header `X-Organization-Id` names the organization.
 * @summary Ask a data provider for its options
 */
export const provideOptions = async (
  name: string,
  provideOptionsBody: ProvideOptionsBody,
  params?: ProvideOptionsParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ProvideOptions200> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ProvideOptions200>(getProvideOptionsUrl(name, params), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(provideOptionsBody),
  })
}

export const getListBatchesUrl = (params?: ListBatchesParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/batches?${stringifiedParams}` : `/api/batches`
}

/**
 * @summary List batches, newest first
 */
export const listBatches = async (params?: ListBatchesParams, options?: Parameters<typeof callApi>[1]): Promise<ListBatches200> => {
  return callApi<ListBatches200>(getListBatchesUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getGetBatchUrl = (id: string) => {
  return `/api/batches/${encodeURIComponent(String(id))}`
}

/**
 * @summary Read how far a batch is
 */
export const getBatch = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<Batch> => {
  return callApi<Batch>(getGetBatchUrl(id), {
    ...options,
    method: 'GET',
  })
}

export const getListBatchExecutionsUrl = (id: string, params?: ListBatchExecutionsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/batches/${encodeURIComponent(String(id))}/executions?${stringifiedParams}`
    : `/api/batches/${encodeURIComponent(String(id))}/executions`
}

/**
 * @summary List the results of a batch, one for each organization or mapping
 */
export const listBatchExecutions = async (
  id: string,
  params?: ListBatchExecutionsParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ListBatchExecutions200> => {
  return callApi<ListBatchExecutions200>(getListBatchExecutionsUrl(id, params), {
    ...options,
    method: 'GET',
  })
}

export const getListBatchFailureCausesUrl = (id: string) => {
  return `/api/batches/${encodeURIComponent(String(id))}/causes`
}

/**
 * What failed for one reason is one cause, whichever organizations it hit. Twenty causes at most.
 * @summary List why executions of a batch failed, the most frequent cause first
 */
export const listBatchFailureCauses = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<ListBatchFailureCauses200> => {
  return callApi<ListBatchFailureCauses200>(getListBatchFailureCausesUrl(id), {
    ...options,
    method: 'GET',
  })
}

export const getTestMappingsUrl = () => {
  return `/api/mappings/test`
}

/**
 * Makes a batch with a connection test for each mapping that the filters match, as `GET /api/mappings` does, and does not wait for any. Each result is kept on its mapping.
 * @summary Test the active mappings of many organizations
 */
export const testMappings = async (testMappingsBody: TestMappingsBody, options?: Parameters<typeof callApi>[1]): Promise<Batch> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Batch>(getTestMappingsUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(testMappingsBody),
  })
}

export const getPauseBatchUrl = (id: string) => {
  return `/api/batches/${encodeURIComponent(String(id))}/pause`
}

/**
 * No further execution of it begins; those that run continue to their ends. Pausing it again changes nothing.
 * @summary Pause a batch
 */
export const pauseBatch = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<Batch> => {
  return callApi<Batch>(getPauseBatchUrl(id), {
    ...options,
    method: 'POST',
  })
}

export const getResumeBatchUrl = (id: string) => {
  return `/api/batches/${encodeURIComponent(String(id))}/resume`
}

/**
 * Organizations that were deactivated meanwhile are skipped.
 * @summary Resume a paused batch
 */
export const resumeBatch = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<Batch> => {
  return callApi<Batch>(getResumeBatchUrl(id), {
    ...options,
    method: 'POST',
  })
}

export const getCancelBatchUrl = (id: string) => {
  return `/api/batches/${encodeURIComponent(String(id))}/cancel`
}

/**
 * What waits is cancelled at once; what runs is told by its signal and ends within seconds. Cancelling it again changes nothing.
 * @summary Cancel what has not ended of a batch
 */
export const cancelBatch = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<Batch> => {
  return callApi<Batch>(getCancelBatchUrl(id), {
    ...options,
    method: 'POST',
  })
}

export const getRetryFailedOfBatchUrl = (id: string, params?: RetryFailedOfBatchParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/batches/${encodeURIComponent(String(id))}/retry-failed?${stringifiedParams}`
    : `/api/batches/${encodeURIComponent(String(id))}/retry-failed`
}

/**
 * New executions take the places of those that failed or took too long, and name them in `retry_of`. Those of a workflow continue from the failed step, as `POST /api/executions/{id}/retry` does: what succeeded is not done again. Connection tests that found a failure are made again.
 * @summary Run again what failed of a batch, and nothing else
 */
export const retryFailedOfBatch = async (id: string, params?: RetryFailedOfBatchParams, options?: Parameters<typeof callApi>[1]): Promise<Batch> => {
  return callApi<Batch>(getRetryFailedOfBatchUrl(id, params), {
    ...options,
    method: 'POST',
  })
}

export const getListApprovalsUrl = (params?: ListApprovalsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/approvals?${stringifiedParams}` : `/api/approvals`
}

/**
 * Those of the provider see what is asked of others, too. A customer’s user sees what is asked of them. A page may have fewer items than `limit`, or none, and still a `next_cursor`: the list continues there.
 * @summary List what workflows ask of people, newest first
 */
export const listApprovals = async (params?: ListApprovalsParams, options?: Parameters<typeof callApi>[1]): Promise<ListApprovals200> => {
  return callApi<ListApprovals200>(getListApprovalsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getGetApprovalUrl = (id: string) => {
  return `/api/approvals/${encodeURIComponent(String(id))}`
}

/**
 * @summary Read one approval
 */
export const getApproval = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<Approval> => {
  return callApi<Approval>(getGetApprovalUrl(id), {
    ...options,
    method: 'GET',
  })
}

export const getApproveApprovalUrl = (id: string) => {
  return `/api/approvals/${encodeURIComponent(String(id))}/approve`
}

/**
 * The execution that asked continues with the answer. Of several decisions the first one holds: the same again is answered like it, and another one is refused with `approval_decided`.
 * @summary Approve what a workflow asks
 */
export const approveApproval = async (id: string, approveApprovalBody: ApproveApprovalBody, options?: Parameters<typeof callApi>[1]): Promise<Approval> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Approval>(getApproveApprovalUrl(id), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(approveApprovalBody),
  })
}

export const getRejectApprovalUrl = (id: string) => {
  return `/api/approvals/${encodeURIComponent(String(id))}/reject`
}

/**
 * The execution that asked continues with the answer. Of several decisions the first one holds: the same again is answered like it, and another one is refused with `approval_decided`.
 * @summary Reject what a workflow asks
 */
export const rejectApproval = async (id: string, rejectApprovalBody: RejectApprovalBody, options?: Parameters<typeof callApi>[1]): Promise<Approval> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Approval>(getRejectApprovalUrl(id), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(rejectApprovalBody),
  })
}

export const getListWorkflowsUrl = (params?: ListWorkflowsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/workflows?${stringifiedParams}` : `/api/workflows`
}

/**
 * @summary List workflows by name, and the files that failed to load
 */
export const listWorkflows = async (params?: ListWorkflowsParams, options?: Parameters<typeof callApi>[1]): Promise<ListWorkflows200> => {
  return callApi<ListWorkflows200>(getListWorkflowsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getGetWorkflowUrl = (name: string) => {
  return `/api/workflows/${encodeURIComponent(String(name))}`
}

/**
 * @summary Read a workflow
 */
export const getWorkflow = async (name: string, options?: Parameters<typeof callApi>[1]): Promise<Workflow> => {
  return callApi<Workflow>(getGetWorkflowUrl(name), {
    ...options,
    method: 'GET',
  })
}

export const getExecuteWorkflowUrl = (params?: ExecuteWorkflowParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/workflows/execute?${stringifiedParams}` : `/api/workflows/execute`
}

/**
 * The header `X-Organization-Id` names the organization. Answers 200 when the execution has ended, whatever the outcome, and 202 when it has not. With `organizations` in its place a batch is made, with an execution for each of them, and answered at once with 202.
 * @summary Run a workflow for an organization, or for many
 */
export const executeWorkflow = async (
  executeWorkflowBody: ExecuteWorkflowBody,
  params?: ExecuteWorkflowParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ExecutedWorkflow | Batch> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ExecutedWorkflow | Batch>(getExecuteWorkflowUrl(params), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(executeWorkflowBody),
  })
}

export const getListFormsUrl = () => {
  return `/api/forms`
}

/**
 * A grant with canSubmitForms that names workflows (`workflows`) offers these. One of a customer’s user that names none offers the workflows that their authors offer to customers (`offeredTo`).
 * @summary List the forms that are offered to you
 */
export const listForms = async (options?: Parameters<typeof callApi>[1]): Promise<ListForms200> => {
  return callApi<ListForms200>(getListFormsUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getGetFormUrl = (id: string) => {
  return `/api/forms/${encodeURIComponent(String(id))}`
}

/**
 * @summary Read a form that is offered to you
 */
export const getForm = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<Form> => {
  return callApi<Form>(getGetFormUrl(id), {
    ...options,
    method: 'GET',
  })
}

export const getProvideFormOptionsUrl = (id: string, params?: ProvideFormOptionsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/forms/${encodeURIComponent(String(id))}/options?${stringifiedParams}`
    : `/api/forms/${encodeURIComponent(String(id))}/options`
}

/**
 * The header `X-Organization-Id` names the organization. Only for data providers that the form names.
 * @summary Ask what there is to choose from in a field of a form
 */
export const provideFormOptions = async (
  id: string,
  provideFormOptionsBody: ProvideFormOptionsBody,
  params?: ProvideFormOptionsParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ProvideFormOptions200> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<ProvideFormOptions200>(getProvideFormOptionsUrl(id, params), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(provideFormOptionsBody),
  })
}

export const getSubmitFormUrl = (id: string, params?: SubmitFormParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/forms/${encodeURIComponent(String(id))}/submissions?${stringifiedParams}`
    : `/api/forms/${encodeURIComponent(String(id))}/submissions`
}

/**
 * The header `X-Organization-Id` names the organization. Answers 200 when it has ended, whatever the outcome, and 202 when it has not.
 * @summary Send a form
 */
export const submitForm = async (
  id: string,
  submitFormBody: SubmitFormBody,
  params?: SubmitFormParams,
  options?: Parameters<typeof callApi>[1],
): Promise<Submission> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Submission>(getSubmitFormUrl(id, params), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(submitFormBody),
  })
}

export const getListSubmissionsUrl = (params?: ListSubmissionsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/submissions?${stringifiedParams}` : `/api/submissions`
}

/**
 * @summary List the forms that you sent, newest first
 */
export const listSubmissions = async (params?: ListSubmissionsParams, options?: Parameters<typeof callApi>[1]): Promise<ListSubmissions200> => {
  return callApi<ListSubmissions200>(getListSubmissionsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getGetSubmissionUrl = (id: string) => {
  return `/api/submissions/${encodeURIComponent(String(id))}`
}

/**
 * @summary Read a form that you sent, and how it went
 */
export const getSubmission = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<Submission> => {
  return callApi<Submission>(getGetSubmissionUrl(id), {
    ...options,
    method: 'GET',
  })
}

export const getListSchedulesUrl = (params?: ListSchedulesParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/schedules?${stringifiedParams}` : `/api/schedules`
}

/**
 * @summary List schedules by the names of their workflows
 */
export const listSchedules = async (params?: ListSchedulesParams, options?: Parameters<typeof callApi>[1]): Promise<ListSchedules200> => {
  return callApi<ListSchedules200>(getListSchedulesUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getGetScheduleUrl = (workflowName: string) => {
  return `/api/schedules/${encodeURIComponent(String(workflowName))}`
}

/**
 * @summary Read the schedule of a workflow
 */
export const getSchedule = async (workflowName: string, options?: Parameters<typeof callApi>[1]): Promise<Schedule> => {
  return callApi<Schedule>(getGetScheduleUrl(workflowName), {
    ...options,
    method: 'GET',
  })
}

export const getSetScheduleUrl = (workflowName: string) => {
  return `/api/schedules/${encodeURIComponent(String(workflowName))}`
}

/**
 * Only the given fields change; null takes one back to what the author declared. Times that pass while it is paused are not caught up with.
 * @summary Set, pause or resume the schedule of a workflow
 */
export const setSchedule = async (workflowName: string, setScheduleBody: SetScheduleBody, options?: Parameters<typeof callApi>[1]): Promise<Schedule> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<Schedule>(getSetScheduleUrl(workflowName), {
    ...options,
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(setScheduleBody),
  })
}

export const getResetScheduleUrl = (workflowName: string) => {
  return `/api/schedules/${encodeURIComponent(String(workflowName))}`
}

/**
 * @summary Take a schedule back to what the author declared
 */
export const resetSchedule = async (workflowName: string, options?: Parameters<typeof callApi>[1]): Promise<void> => {
  return callApi<void>(getResetScheduleUrl(workflowName), {
    ...options,
    method: 'DELETE',
  })
}

export const getRunScheduleUrl = (workflowName: string) => {
  return `/api/schedules/${encodeURIComponent(String(workflowName))}/run`
}

/**
 * Also while it is paused. The answer is the batch. `discover_all` makes none: it begins a discovery for each set of credentials, and the answer says how many.
 * @summary Run a schedule now, once more
 */
export const runSchedule = async (workflowName: string, options?: Parameters<typeof callApi>[1]): Promise<Batch | StartedDiscoveries> => {
  return callApi<Batch | StartedDiscoveries>(getRunScheduleUrl(workflowName), {
    ...options,
    method: 'POST',
  })
}

export const getListExecutionsUrl = (params?: ListExecutionsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/executions?${stringifiedParams}` : `/api/executions`
}

/**
 * @summary List executions, newest first
 */
export const listExecutions = async (params?: ListExecutionsParams, options?: Parameters<typeof callApi>[1]): Promise<ListExecutions200> => {
  return callApi<ListExecutions200>(getListExecutionsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getGetExecutionUrl = (id: string) => {
  return `/api/executions/${encodeURIComponent(String(id))}`
}

/**
 * @summary Read one execution with its steps
 */
export const getExecution = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<ExecutionDetail> => {
  return callApi<ExecutionDetail>(getGetExecutionUrl(id), {
    ...options,
    method: 'GET',
  })
}

export const getGetStepResultUrl = (id: string, index: number) => {
  return `/api/executions/${encodeURIComponent(String(id))}/steps/${encodeURIComponent(String(index))}/result`
}

/**
 * @summary Read what a step came to
 */
export const getStepResult = async (id: string, index: number, options?: Parameters<typeof callApi>[1]): Promise<StepResult> => {
  return callApi<StepResult>(getGetStepResultUrl(id, index), {
    ...options,
    method: 'GET',
  })
}

export const getCancelExecutionUrl = (id: string) => {
  return `/api/executions/${encodeURIComponent(String(id))}/cancel`
}

/**
 * One that no worker has, because it waits, is cancelled at once. One that runs is told by its signal and ends within seconds; its status is `cancelling` until then. Cancelling it again changes nothing.
 * @summary Cancel an execution that has not ended
 */
export const cancelExecution = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<ExecutionSummary> => {
  return callApi<ExecutionSummary>(getCancelExecutionUrl(id), {
    ...options,
    method: 'POST',
  })
}

export const getRetryExecutionUrl = (id: string) => {
  return `/api/executions/${encodeURIComponent(String(id))}/retry`
}

/**
 * Starts a new execution with the same parameters that names this one in `retry_of`. What this one recorded before the failed step is not done again; nor are calls on clients that succeeded after it. An execution can be tried again once; after that its retry can. The retry of an execution of a batch takes its place in the batch.
 * @summary Try a failed execution again, from its failed step on
 */
export const retryExecution = async (id: string, options?: Parameters<typeof callApi>[1]): Promise<ExecutionDetail> => {
  return callApi<ExecutionDetail>(getRetryExecutionUrl(id), {
    ...options,
    method: 'POST',
  })
}

export const getListExecutionLogsUrl = (id: string, params?: ListExecutionLogsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0
    ? `/api/executions/${encodeURIComponent(String(id))}/logs?${stringifiedParams}`
    : `/api/executions/${encodeURIComponent(String(id))}/logs`
}

/**
 * With `Accept: text/event-stream` the lines come as they are written, each with its sequence as the event id, from `Last-Event-ID` on; the stream ends with the execution, with an event `ended` that holds it, or with the right to read it, with an event `refused` that says why.
 * @summary Read the log of an execution, or follow it
 */
export const listExecutionLogs = async (
  id: string,
  params?: ListExecutionLogsParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ListExecutionLogs200> => {
  return callApi<ListExecutionLogs200>(getListExecutionLogsUrl(id, params), {
    ...options,
    method: 'GET',
  })
}

export const getGetExecutionStatisticsUrl = (params?: GetExecutionStatisticsParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/executions/statistics?${stringifiedParams}` : `/api/executions/statistics`
}

/**
 * Counts the newest 200,000 at most. Where there were more, `is_complete` is false and `counted_since` says from when on it counts.
 * @summary Count the workflows that ran, by hour and outcome, with success rate and duration by workflow
 */
export const getExecutionStatistics = async (params?: GetExecutionStatisticsParams, options?: Parameters<typeof callApi>[1]): Promise<ExecutionStatistics> => {
  return callApi<ExecutionStatistics>(getGetExecutionStatisticsUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getListFailureCausesUrl = (params?: ListFailureCausesParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/executions/causes?${stringifiedParams}` : `/api/executions/causes`
}

/**
 * Of the workflows that failed or took too long and were not tried again, of active organizations: what failed for one reason is one cause, whichever organizations it hit. Twenty causes at most.
 * @summary List why workflows failed lately, the most frequent cause first
 */
export const listFailureCauses = async (params?: ListFailureCausesParams, options?: Parameters<typeof callApi>[1]): Promise<ListFailureCauses200> => {
  return callApi<ListFailureCauses200>(getListFailureCausesUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getRetryExecutionsOfCauseUrl = () => {
  return `/api/executions/retry`
}

/**
 * Does what `POST /api/executions/{id}/retry` does for each execution that failed for the cause, the oldest first, two hundred at most. `is_complete` is false where some are left: ask again. `refused` says which could not be tried again, and why.
 * @summary Try again what failed for a cause, from the failed steps on
 */
export const retryExecutionsOfCause = async (
  retryExecutionsOfCauseBody: RetryExecutionsOfCauseBody,
  options?: Parameters<typeof callApi>[1],
): Promise<RetryExecutionsOfCause202> => {
  const getHeaders = (h?: NonNullable<RequestInit['headers']>): Record<string, string | readonly string[]> => {
    if (!h) return {}
    if (h instanceof Headers) return Object.fromEntries(h.entries())
    if (Symbol.iterator in h) {
      return Object.fromEntries(Array.from(h as Iterable<Iterable<string>>, (entry) => Array.from(entry) as [string, string]))
    }
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, value] of Object.entries<string | readonly string[] | undefined>(h)) {
      if (value !== undefined) headers[name] = value
    }
    return headers
  }
  return callApi<RetryExecutionsOfCause202>(getRetryExecutionsOfCauseUrl(), {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...getHeaders(options?.headers) },
    body: JSON.stringify(retryExecutionsOfCauseBody),
  })
}

export const getListOrganizationSummariesUrl = (params: ListOrganizationSummariesParams) => {
  const normalizedParams = new URLSearchParams()

  Object.entries(params || {}).forEach(([key, value]) => {
    if (value !== undefined) {
      normalizedParams.append(key, value === null ? 'null' : String(value))
    }
  })

  const stringifiedParams = normalizedParams.toString()

  return stringifiedParams.length > 0 ? `/api/organizations/summaries?${stringifiedParams}` : `/api/organizations/summaries`
}

/**
 * In the order of the ids. An organization that is not there, or not yours to see, is left out.
 * @summary Say how several organizations stand: their mappings, and what ran last
 */
export const listOrganizationSummaries = async (
  params: ListOrganizationSummariesParams,
  options?: Parameters<typeof callApi>[1],
): Promise<ListOrganizationSummaries200> => {
  return callApi<ListOrganizationSummaries200>(getListOrganizationSummariesUrl(params), {
    ...options,
    method: 'GET',
  })
}

export const getGetAttentionUrl = () => {
  return `/api/attention`
}

/**
 * A deactivated organization needs none. Each entry is shown by the permission that it needs itself: canViewMappings, canViewExecutions, canManageSecrets or canApprove. Without any of them this is refused, and to a customer’s user, whose approvals `GET /api/approvals` has.
 * @summary Count what needs attention across organizations
 */
export const getAttention = async (options?: Parameters<typeof callApi>[1]): Promise<Attention> => {
  return callApi<Attention>(getGetAttentionUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getGetHealthUrl = () => {
  return `/healthz`
}

/**
 * @summary Whether this process is alive
 */
export const getHealth = async (options?: Parameters<typeof callApi>[1]): Promise<GetHealth200> => {
  return callApi<GetHealth200>(getGetHealthUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getGetReadinessUrl = () => {
  return `/readyz`
}

/**
 * Everybody is told whether it is ready, and in codes what is wrong. Sentences, hosts and files are for the machine itself, and for those with canViewCatalogue for all organizations.
 * @summary Whether work can be done: the database answers, its schema fits, a worker lives, and something of the workspace loads
 */
export const getReadiness = async (options?: Parameters<typeof callApi>[1]): Promise<GetReadiness200> => {
  return callApi<GetReadiness200>(getGetReadinessUrl(), {
    ...options,
    method: 'GET',
  })
}

export const getGetMetricsUrl = () => {
  return `/metrics`
}

/**
 * From elsewhere than the machine itself it needs a key for all organizations: the figures are of all.
 * @summary Figures for Prometheus
 */
export const getMetrics = async (options?: Parameters<typeof callApi>[1]): Promise<string> => {
  return callApi<string>(getGetMetricsUrl(), {
    ...options,
    method: 'GET',
  })
}

/** What `kind` of ExecutionSummary can be. */
export const executionKinds = ['workflow', 'discovery', 'connection_test', 'data_provider'] as const

/** What `status` of ExecutionSummary can be. */
export const executionStatuses = ['pending', 'running', 'waiting', 'success', 'failed', 'timeout', 'cancelling', 'cancelled'] as const

/** What `status` of BatchExecution can be. */
export const batchItemStatuses = [
  'pending',
  'running',
  'waiting',
  'success',
  'failed',
  'timeout',
  'not_tested',
  'cancelling',
  'cancelled',
  'skipped',
  'expired',
] as const
