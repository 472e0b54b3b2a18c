import { z } from 'zod'
import { scopeView } from '../value-scope.ts'
import type { SecretDetails } from './secret-details.ts'
import type { Secret } from './secrets.ts'

export const secretView = z
  .object({
    key: z.string(),
    scope: z.enum(['global', 'organization']),
    org_id: z.uuid().nullable(),
    updated_at: z.iso.datetime(),
    updated_by: z.string().describe('The name of who set it.'),
    backend: z.enum(['database', 'azure-key-vault']).describe('Where its value is kept.'),
    version: z.int().describe('One more with each value that is set.'),
    expires_at: z.iso.datetime().nullable().describe('You are warned 14 days before. It works on.'),
  })
  .meta({ id: 'Secret' })

export function viewOf(secret: Secret): z.input<typeof secretView> {
  return {
    key: secret.key,
    ...scopeView(secret.organizationId),
    updated_at: secret.updatedAt.toISOString(),
    updated_by: secret.updatedBy,
    backend: secret.backend,
    version: secret.version,
    expires_at: secret.expiresAt?.toISOString() ?? null,
  }
}

const readView = z.object({
  kind: z.string().describe('As `workflow` or `discovery`.'),
  name: z.string(),
  execution_id: z.uuid().describe('The last one that read it.'),
  read_at: z.iso.datetime(),
})

export const secretDetailsView = z
  .object({
    ...secretView.shape,
    versions: z
      .array(
        z.object({
          version: z.int(),
          is_current: z.boolean(),
          set_at: z.iso.datetime().nullable().describe('Null where that was not kept yet.'),
          set_by: z.string().nullable(),
        }),
      )
      .describe('The newest first: what it is, and up to nine that you can return to.'),
    declared_by: z
      .array(z.object({ integration_name: z.string(), display_name: z.string(), label: z.string() }))
      .describe('Integrations that say they need this key.'),
    read_by: z.array(readView).describe('What read it, each with its last execution that is still kept, the last first.'),
    last_read: readView.nullable(),
  })
  .meta({ id: 'SecretDetails' })

export function detailsViewOf({ secret, earlier, declaredBy, readers }: SecretDetails): z.input<typeof secretDetailsView> {
  const readBy = readers.map((reader) => ({ ...reader, read_at: reader.read_at.toISOString() }))
  const current = { version: secret.version, is_current: true, set_at: secret.updatedAt.toISOString(), set_by: secret.updatedBy }
  return {
    ...viewOf(secret),
    versions: [
      current,
      ...earlier.map(({ version, set_at, set_by }) => ({ version, is_current: false, set_at: set_at?.toISOString() ?? null, set_by })),
    ],
    declared_by: declaredBy.map(({ name, displayName, label }) => ({ integration_name: name, display_name: displayName, label })),
    read_by: readBy,
    last_read: readBy[0] ?? null,
  }
}
