import { type AuditSink, type CallOptions, listAuditSinks } from '@crosswalk/client'

/** What the audit is sent on to. Undefined where that cannot be asked. */
export async function lookAtSinks(call: CallOptions): Promise<AuditSink[] | undefined> {
  return listAuditSinks(call).then(
    ({ sinks }) => sinks,
    () => undefined,
  )
}
