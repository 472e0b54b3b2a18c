import type { ZodError } from 'zod'
import {
  IntegrationNotFoundError,
  MappingNotFoundError,
  MultipleMappingsError,
  OrganizationInactiveError,
  SecretNotFoundError,
  ValidationError,
} from './errors.ts'

type OrganizationLike = { id: string; name: string }

/** Nothing mapped, or not the mapping that was named: says which organization and where to add it. */
export function mappingNotFound(facts: {
  integrationName: string
  org: OrganizationLike
  mappingId?: string | undefined
}): MappingNotFoundError {
  const { integrationName, org, mappingId } = facts
  const what = mappingId === undefined ? `no active mapping` : `no active mapping with the id '${mappingId}'`
  return new MappingNotFoundError(
    `The organization '${org.name}' has ${what} for the integration '${integrationName}'. ` +
      `Add one under Organizations, ${org.name}, Integrations, or list what there is with: crosswalk mappings list --org ${org.id}`,
    { integration_name: integrationName, org_id: org.id, ...(mappingId === undefined ? {} : { mapping_id: mappingId }) },
  )
}

/** Several mappings and none was named: lists their ids. */
export function multipleMappings(facts: { integrationName: string; org: OrganizationLike; mappingIds: string[] }): MultipleMappingsError {
  const { integrationName, org, mappingIds } = facts
  return new MultipleMappingsError(
    `The organization '${org.name}' has ${mappingIds.length} active mappings for the integration '${integrationName}'. ` +
      `Say which one with { mappingId }: ${mappingIds.join(', ')}`,
    { integration_name: integrationName, org_id: org.id, mapping_ids: mappingIds },
  )
}

/** No such integration: lists the names there are. */
export function integrationNotFound(facts: { integrationName: string; available: string[] }): IntegrationNotFoundError {
  const available = [...facts.available].sort()
  return new IntegrationNotFoundError(
    `No integration is named '${facts.integrationName}'. ` +
      (available.length === 0 ? 'The workspace has none; see whether its files load.' : `Available: ${available.join(', ')}.`),
    { integration_name: facts.integrationName, available },
  )
}

/** Nothing runs for a deactivated organization. */
export function organizationInactive(org: OrganizationLike): OrganizationInactiveError {
  return new OrganizationInactiveError(`The organization '${org.name}' is deactivated. Activate it to run anything for it.`, {
    org_id: org.id,
  })
}

/** No value in any scope: says the key, where was looked, and how to set it. `org` is null where only the global scope applies. */
export function secretNotFound(facts: { key: string; org: OrganizationLike | null }): SecretNotFoundError {
  const { key, org } = facts
  const scopes = org ? `the organization '${org.name}' and the global scope` : 'the global scope'
  return new SecretNotFoundError(
    `The secret '${key}' is not set; looked in ${scopes}. Set it under Secrets & config in the admin interface, or with: crosswalk secrets set ${key}`,
    { key, scopes: org ? ['organization', 'global'] : ['global'], ...(org ? { org_id: org.id } : {}) },
  )
}

/**
 * Turns zod's issues into our error.
 *
 * @param subject what was checked, for the message: "parameters of the workflow 'sync_users'".
 * @param wholeField the key in `details` for an issue that belongs to no single field.
 */
export function validationFailed(subject: string, error: ZodError, wholeField: string): ValidationError {
  // A null prototype, because a field may be called __proto__.
  const details: Record<string, string[]> = Object.create(null)
  for (const issue of error.issues) {
    const field = issue.path.length === 0 ? wholeField : issue.path.map(String).join('.')
    details[field] = [...(details[field] ?? []), issue.message]
  }
  const fields = Object.entries(details).map(([field, messages]) => `${field}: ${messages.join('; ')}`)
  return new ValidationError(`The ${subject} are not valid. ${fields.join('. ')}`, { ...details })
}
