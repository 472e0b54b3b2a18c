import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { ChangesOf } from './changes.ts'

/** Who did something: a person, an API key, an execution of author code, or the platform itself. */
export type Actor = { type: (typeof actorTypes)[number]; id: string; name: string }

export const actorTypes = ['person', 'api_key', 'execution', 'system'] as const

/** Who acts, in which request, and from where: what every change is told. */
export type Acting = { actor: Actor; requestId: string | null; address?: string | null }

/** The values of an organization's custom fields, by their names. */
type FieldValues = Record<string, string | number | boolean>
/** What people edit of an organization, by names on the wire. */
export type OrganizationFields = {
  name: string
  domains: string[]
  tenant_id: string | null
  tags: string[]
  fields: FieldValues
  is_active: boolean
}
/** Of a custom field of organizations. */
export type OrganizationFieldFields = { label: string; type: string; is_required: boolean; choices: string[] }
/** Of a mapping. */
export type MappingFields = { external_org_id: string; external_org_name: string; mapping_data: JsonObject; is_active: boolean }
/** Of a config value, which may be null itself. */
export type ConfigFields = { value: JsonValue; is_set: boolean }
/** Of a schedule: null is as its author declared it. */
export type ScheduleFields = {
  cron: string | null
  time_zone: string | null
  organizations: string | string[] | null
  missed: string | null
  parameters: JsonObject | null
  is_paused: boolean
}
/** Of a batch while it runs. */
export type BatchFields = { is_paused: boolean; is_cancelled: boolean }

/** The organizations that a grant is for, by names on the wire. */
export type ReachFields = { all: true } | { all_but: string[] } | { tags: string[] } | { organizations: string[] }
/** A role for a reach. */
export type GrantFields = { role: string; reach: ReachFields; workflows?: string[] | undefined; integrations?: string[] | undefined }
/** Of an API key, which itself is nowhere. */
export type KeyFields = { name: string; grants: GrantFields[]; addresses: string[] | null; expires_at: string | null }
/** Of a role of one's own. */
export type RoleFields = { description: string; permissions: string[] }
/** Of a person who signs in. */
export type PersonFields = { email: string; name: string; grants: GrantFields[]; is_active: boolean }
/** Of a group that an identity provider keeps. */
export type GroupFields = { name: string; external_id: string | null }
/** How people may sign in. Of the single sign-on all but its client's secret. */
export type SignInFields = { second_factor: string; single_sign_on: object | null; client_secret: typeof concealed | null }
/** What people do to what they sign in with, and what is offered to them for it. */
export type PersonAct =
  | 'person.invited'
  | 'person.reset_offered'
  | 'password.set'
  | 'second_factor.set'
  | 'second_factor.removed'
  | 'recovery_codes.created'
  | 'passkey.added'
  | 'passkey.removed'

/** What an audit row says in place of a secret's value, before and after: only that it changed. */
export const concealed = '[secret]'

/** An address was refused: its connections, its streams, its signing in. */
export type RefusalAction = 'connection.refused' | 'stream.refused' | 'session.refused' | 'session.limited'

type OfOne = { organizationId: string }
type OfOwner = { organizationId: string | null }
type OfAll = { organizationId: null }
type Nothing = { changes: Record<string, never> }
/** `name` where people call it otherwise than by its id. */
type Target<Type extends string, More extends object = object> = { target: { type: Type; id: string } & More }

type MappingTarget = Target<
  'integration_mapping',
  { name: string; integration_name: string; external_org_id: string; execution_id?: string }
>
type ApprovalTarget = Target<'approval', { name: string; execution_id: string }>
type BatchTarget<More extends object = object> = Target<'batch', { name: string } & More>

/**
 * One recorded act. `action` is `<noun>.<past participle>`; `target` names the thing by type and id. What the acts on organizations,
 * mappings, config values and schedules say in `changes` is enough to take them back. A new act is one more line here.
 */
export type AuditEvent =
  | (OfOne & {
      action: 'organization.created' | 'organization.updated' | 'organization.deactivated'
      changes: ChangesOf<OrganizationFields>
    } & Target<'organization', { name: string }>)
  | (OfAll & { action: 'organizations.imported' } & Nothing & Target<'import', { rows: number; added: number; changed: number }>)
  | (OfAll & {
      action: 'organization_field.created' | 'organization_field.updated' | 'organization_field.deleted'
      changes: ChangesOf<OrganizationFieldFields>
    } & Target<'organization_field', { name: string }>)
  | (OfOne & {
      action: 'integration_mapping.created' | 'integration_mapping.updated' | 'integration_mapping.deleted'
      changes: ChangesOf<MappingFields>
    } & MappingTarget)
  | (OfOne & {
      action: 'integration_mapping.tested'
      changes: ChangesOf<{ last_test_success: boolean; last_test_result: string }>
    } & MappingTarget)
  | (OfOwner & { action: 'config.set' | 'config.deleted'; changes: ChangesOf<ConfigFields> } & Target<'config'>)
  | (OfOwner & { action: 'secret.set' | 'secret.deleted'; changes: ChangesOf<{ value: typeof concealed }> } & Target<'secret'>)
  | (OfOwner & { action: 'secret.restored'; changes: ChangesOf<{ value: typeof concealed }> } & Target<'secret', { version: number }>)
  | (OfOwner & { action: 'secret.expiry_set'; changes: ChangesOf<{ expires_at: string | null }> } & Target<'secret'>)
  | (OfOwner & { action: 'secret.moved'; changes: ChangesOf<{ backend: string }> } & Target<'secret'>)
  | (OfAll & { action: 'secret.rotated'; changes: ChangesOf<{ key_id: string }> } & Target<'master_key', { secrets: number }>)
  | (OfAll & {
      action: 'schedule.set' | 'schedule.paused' | 'schedule.resumed' | 'schedule.reset'
      changes: ChangesOf<ScheduleFields>
    } & Target<'schedule'>)
  | (OfAll & { action: 'schedule.run' } & Nothing & Target<'schedule', { batch_id?: string }>)
  | (OfAll & { action: 'batch.created' } & Nothing &
      BatchTarget<{ total: number; organizations: string | string[]; schedule: string | null }>)
  | (OfAll & { action: 'batch.paused' | 'batch.resumed' | 'batch.cancelled'; changes: ChangesOf<BatchFields> } & BatchTarget)
  | (OfAll & { action: 'batch.retried' } & Nothing & BatchTarget<{ executions: number }>)
  | (OfOwner & { action: 'secret.read' } & Nothing & Target<'secret', { scope: 'global' | 'organization'; execution_id: string }>)
  | (OfOne & { action: 'integration.tested' } & Nothing &
      Target<'integration', { name: string; external_org_id: string; hosts: string[]; execution_id: string }>)
  | (OfOwner & { action: 'integration.discovered' } & Nothing & Target<'integration', { name: string; execution_id: string }>)
  | (OfAll & { action: 'integration.switched_on' | 'integration.switched_off'; changes: ChangesOf<{ is_on: boolean }> } & Target<
        'integration',
        { name: string }
      >)
  | (OfOne & { action: 'data_provider.asked' } & Nothing & Target<'data_provider', { execution_id: string }>)
  | (OfAll & { action: 'workspace.published'; changes: ChangesOf<{ definitions: number; problems: number }> } & Target<'workspace'>)
  | (OfAll & {
      action: 'person.created' | 'person.updated' | 'person.deactivated' | 'person.reactivated' | 'person.deleted'
      changes: ChangesOf<PersonFields>
    } & Target<'person', { name: string }>)
  | (OfAll & {
      action: 'group.created' | 'group.updated' | 'group.deleted'
      changes: ChangesOf<GroupFields>
    } & Target<'group', { name: string; members_added?: string[]; members_removed?: string[] }>)
  | (OfAll & { action: 'sign_in_settings.updated'; changes: ChangesOf<SignInFields> } & Target<'sign_in_settings'>)
  | (OfAll & { action: PersonAct } & Nothing & Target<'person', { name: string }>)
  | (OfAll & { action: 'person_view.begun' } & Nothing & Target<'person', { name: string; until: string }>)
  | (OfAll & { action: 'person_view.ended' } & Nothing & Target<'person', { name: string }>)
  | (OfOne & { action: 'workflow.executed' } & Nothing & Target<'workflow', { execution_id: string }>)
  | (OfOne & { action: 'execution.retried' } & Nothing & Target<'execution', { name: string; execution_id: string }>)
  | (OfOwner & { action: 'execution.cancelled'; changes: ChangesOf<{ status: string }> } & Target<'execution', { name: string }>)
  | (OfOne & { action: 'approval.requested' } & Nothing & ApprovalTarget)
  | (OfOne & {
      action: 'approval.approved' | 'approval.rejected' | 'approval.expired'
      changes: ChangesOf<{ status: string; comment: string | null }>
    } & ApprovalTarget)
  | (OfAll & { action: 'definition.removed' } & Nothing & Target<'integration' | 'workflow' | 'data_provider'>)
  | (OfAll & { action: 'session.created' | 'session.proved' | 'session.deleted' | 'session.revoked' } & Nothing & Target<'session'>)
  | (OfAll & { action: 'sign_in_token.created' } & Nothing & Target<'sign_in_token'>)
  | (OfAll & { action: 'api_key.created' | 'api_key.revoked'; changes: ChangesOf<KeyFields> } & Target<'api_key', { name: string }>)
  | (OfAll & { action: 'device.approved' | 'device.denied' } & Nothing & Target<'device', { name: string; address: string }>)
  | (OfAll & { action: 'api_key.rotated' | 'api_key.value_ended'; changes: ChangesOf<{ prefix: string }> } & Target<
        'api_key',
        { name: string }
      >)
  | (OfAll & { action: 'admin_key.used' } & Nothing & Target<'address'>)
  | (OfAll & { action: 'role.created' | 'role.updated' | 'role.deleted'; changes: ChangesOf<RoleFields> } & Target<
        'role',
        { name: string }
      >)
  | (OfAll & { action: RefusalAction } & Nothing & Target<'address'>)
  | (OfAll & { action: 'request.refused' } & Nothing &
      Target<'route', { name: string; code: string; times: number; permission?: string; asked?: string }>)
  | (OfOwner & {
      action: 'vendor_connection.connected' | 'vendor_connection.link_created' | 'vendor_connection.link_revoked'
    } & Nothing &
      Target<'vendor_connection', { mapping_id: string | null }>)
  | (OfOwner & { action: 'vendor_connection.revoked'; changes: ChangesOf<{ at_vendor: string }> } & Target<
        'vendor_connection',
        { mapping_id: string | null }
      >)
  | (OfOwner & { action: 'egress.refused' } & Nothing & Target<'host', { reason: string | null; message: string; times: number }>)

export type AuditAction = AuditEvent['action']
