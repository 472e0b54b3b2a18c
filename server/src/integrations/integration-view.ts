import { z } from 'zod'
import type { MadeConnections } from '../credentials/connections/made-connections.ts'
import { jsonSchemaView } from '../definitions/definition-page.ts'
import type { IntegrationDefinition } from '../definitions/definitions.ts'
import { isReadyMade } from '../protocol/ready-made.ts'

const requirement = z.object({
  key: z.string(),
  label: z.string(),
  required: z.boolean(),
  description: z.string().nullable(),
  is_set: z
    .boolean()
    .describe('True if the organization that was asked for has a value, its own or a global one; without one, if there is a global one.'),
})

export const integrationView = z
  .object({
    name: z.string(),
    display_name: z.string(),
    description: z.string(),
    supports_org_mapping: z.boolean(),
    supports_discovery: z.boolean(),
    shared_external_orgs: z.boolean().describe('True if several organizations may be mapped to the same external organization.'),
    mapping_data_schema: jsonSchemaView,
    credentials: z.enum(['named', 'read']).describe('`read`: its code reads secrets. `named`: the platform puts them into requests.'),
    connections: z
      .array(
        z.object({
          name: z.string(),
          label: z.string(),
          owner: z.enum(['global', 'organization', 'mapping']).describe('One for all, one for each organization, or one for each mapping.'),
          is_connected: z
            .boolean()
            .describe(
              'True if it is made: the one for all, or that of the organization that was asked for; without one, of any within reach.',
            ),
          is_revoked_at_vendor: z.boolean().describe('True if the vendor is asked to end the consent when the connection is revoked.'),
        }),
      )
      .describe('What a person connects at the vendor.'),
    required_secrets: z.array(requirement),
    required_config: z.array(requirement),
    discovery_cache_seconds: z.number(),
    file: z.string().describe('Where in the workspace it is written, or in @crosswalk/integrations.'),
    is_ready_made: z.boolean().describe('True if it comes along with Crosswalk, and no file of the workspace takes its place.'),
    is_on: z.boolean().describe('False if it is switched off: then nothing uses it, and its mappings are kept.'),
    is_connected: z
      .boolean()
      .describe('True if every secret and config value that it requires is set (`is_set`), and every connection is made.'),
  })
  .meta({ id: 'Integration' })

/** @param set the keys that have a value, and the connections that are made */
export function integrationViewOf(
  definition: IntegrationDefinition,
  set: { secrets: ReadonlySet<string>; config: ReadonlySet<string>; isMade: MadeConnections },
): z.input<typeof integrationView> {
  const required_secrets = definition.secrets.map((secret) => ({ ...secret, is_set: set.secrets.has(secret.key) }))
  const required_config = definition.config.map((config) => ({ ...config, is_set: set.config.has(config.key) }))
  const connections = (definition.connections ?? []).map(({ name, label, owner, revokeUrl }) => ({
    ...{ name, label, owner },
    is_connected: set.isMade(definition.name, name),
    // What was published before there was a `revokeUrl` has none.
    is_revoked_at_vendor: (revokeUrl ?? null) !== null,
  }))
  return {
    name: definition.name,
    display_name: definition.displayName,
    description: definition.description,
    supports_org_mapping: definition.supportsOrgMapping,
    supports_discovery: definition.supportsDiscovery,
    shared_external_orgs: definition.sharedExternalOrgs,
    mapping_data_schema: definition.mappingDataSchema,
    credentials: definition.credentials,
    connections,
    required_secrets,
    required_config,
    discovery_cache_seconds: definition.discoveryCacheSeconds,
    file: definition.file,
    is_ready_made: isReadyMade(definition),
    is_on: definition.switchedOffSince === undefined,
    is_connected:
      [...required_secrets, ...required_config].every(({ required, is_set }) => is_set || !required) &&
      connections.every((connection) => connection.is_connected),
  }
}
