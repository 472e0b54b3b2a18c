import type { Gateway } from '../../gateway/gateway.ts'
import type { Environment } from '../../platform/environment.ts'
import type { Sink } from './sink.ts'
import { openSyslog } from './syslog.ts'
import { openWebhook } from './webhook.ts'

/** What the operator wants audit events sent on to. @param gateway null where the system has none: then a webhook is asked directly */
export function openSinks(
  { auditSyslog, auditWebhook }: Pick<Environment, 'auditSyslog' | 'auditWebhook'>,
  gateway: Pick<Gateway, 'fetch'> | null,
): Sink[] {
  const fetchOutside: Gateway['fetch'] = gateway ? (request) => gateway.fetch(request) : () => Promise.reject(new Error('no gateway'))
  return [
    ...(auditSyslog === null ? [] : [openSyslog(auditSyslog)]),
    ...(auditWebhook === null ? [] : [openWebhook({ ...auditWebhook, fetchOutside })]),
  ]
}
