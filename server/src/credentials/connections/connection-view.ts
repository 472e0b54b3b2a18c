import { z } from 'zod'
import type { AtVendor } from '../tokens/revoking.ts'
import type { ConnectionRow } from './connections.queries.ts'
import { statusOf } from './connections.ts'

export const connectionView = z
  .object({
    id: z.uuid(),
    integration_name: z.string(),
    name: z.string().describe('As the integration declares it.'),
    org_id: z.uuid().nullable().describe('Null: it is one for all.'),
    mapping_id: z.uuid().nullable(),
    external_id: z.string().nullable().describe('Which account it is of there, where the vendor says.'),
    status: z
      .enum(['connected', 'failing', 'waiting'])
      .describe('`failing`: renewals fail and are tried again. `waiting`: someone has to connect again.'),
    connected_by: z.string(),
    connected_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable().describe('Of the token; it is renewed before. Null where the vendor does not say.'),
    last_renewed_at: z.iso.datetime().nullable(),
    failing_since: z.iso.datetime().nullable(),
    last_error: z
      .object({
        kind: z.string(),
        code: z
          .string()
          .nullable()
          .describe('`renewal_lost`: a renewal was cut off, and the vendor refuses the refresh token that is kept.'),
        message: z.string(),
        at: z.iso.datetime().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'VendorConnection' })

export function connectionViewOf(row: ConnectionRow, giveUpMs: number): z.input<typeof connectionView> {
  const { last_error: failure } = row
  const time = (date: Date | null) => date?.toISOString() ?? null
  return {
    id: row.id,
    integration_name: row.integration_name,
    name: row.name,
    org_id: row.organization_id,
    mapping_id: row.mapping_id,
    external_id: row.external_id,
    status: statusOf(row, giveUpMs, Date.now()),
    connected_by: row.connected_by,
    connected_at: row.connected_at.toISOString(),
    expires_at: time(row.expires_at),
    last_renewed_at: time(row.obtained_at),
    failing_since: time(row.failing_since),
    last_error: failure && { kind: failure.kind, code: failure.reason ?? null, message: failure.message, at: time(row.failed_at) },
  }
}

export const revokedView = z
  .object({
    at_vendor: z.object({
      outcome: z
        .enum(['revoked', 'refused', 'unreachable', 'not_asked'])
        .describe(
          '`refused`: the vendor answered otherwise. `unreachable`: it may have it or not. `not_asked`: there was nothing to ask it with.',
        ),
      host: z.string().nullable().describe('Who was asked.'),
      status: z.int().nullable().describe('What it answered.'),
      vendor_code: z.string().nullable().describe("OAuth's word in its answer, such as `invalid_client`."),
      message: z.string().describe('What happened at the vendor, and what is left to do there.'),
    }),
  })
  .meta({ id: 'RevokedConnection' })

export function revokedViewOf({ vendorCode, ...at }: AtVendor): z.input<typeof revokedView> {
  return { at_vendor: { ...at, vendor_code: vendorCode } }
}
