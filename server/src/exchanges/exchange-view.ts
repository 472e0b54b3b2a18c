import { z } from 'zod'
import type { ExchangeRow } from './exchanges.queries.ts'

export const exchangeView = z
  .object({
    id: z.uuid(),
    step: z.string().nullable().describe('The name of the step that made it; null outside of any.'),
    step_idempotency_key: z.string().nullable().describe('The same as `idempotency_key` of that step.'),
    integration_name: z.string().nullable().describe('Null where a workflow made it itself.'),
    purpose: z
      .enum(['call', 'token'])
      .describe('`token`: a request for a token that a call needed. No bodies of it are kept, and it is not in the figures of requests.'),
    method: z.string(),
    host: z.string().describe('With the port, where it is not the one of the scheme.'),
    url: z.string().describe('All of it without the query. Secrets show as `[secret]`.'),
    path: z.string().describe('Without the query. Secrets show as `[secret]`.'),
    attempt: z.int().describe('1 for the first.'),
    status: z.int().nullable().describe('Of the answer; null where none came.'),
    error: z
      .object({ kind: z.string().describe('The kind of `vendor_error`.'), message: z.string().nullable() })
      .nullable()
      .describe(
        'Null where the call succeeded. With a status below 400 it failed by what was answered, such as a web page where JSON was asked for.',
      ),
    request_bytes: z.number(),
    response_bytes: z.number(),
    waited_ms: z.number().describe('How long it waited for the budget of the vendor.'),
    started_at: z.iso.datetime(),
    first_byte_ms: z.number().nullable().describe("From the start to the answer's head."),
    duration_ms: z.number().describe('From the start to the end of the answer: the time at the vendor.'),
    request_body: z.string().nullable().describe('The first 8 KiB, where `CROSSWALK_RECORD_BODIES=failures` and it failed.'),
    response_body: z.string().nullable(),
  })
  .meta({ id: 'Exchange' })

export function viewOfExchange(row: ExchangeRow): z.input<typeof exchangeView> {
  return {
    id: row.id,
    step: row.step_name,
    step_idempotency_key: row.step_key,
    integration_name: row.integration,
    purpose: row.purpose,
    method: row.method,
    host: row.host,
    url: `${row.scheme}://${row.host}${row.path}`,
    path: row.path,
    attempt: row.attempt,
    status: row.status,
    error: row.failure_kind === null ? null : { kind: row.failure_kind, message: row.failure_message },
    request_bytes: row.request_bytes,
    response_bytes: row.response_bytes,
    waited_ms: row.waited_ms,
    started_at: row.started_at.toISOString(),
    first_byte_ms: row.first_byte_ms,
    duration_ms: row.duration_ms,
    request_body: row.request_body,
    response_body: row.response_body,
  }
}
