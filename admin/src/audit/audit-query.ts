import { given } from '../queries/every-page.ts'

export const noFilter = { q: '', org: '', actor: '', from: '', to: '', type: '', target: '' }
export type AuditFilter = Record<keyof typeof noFilter, string>

/** When a day begins where the person is, so many days later; empty where the text is no day. */
function startOf(day: string, later = 0): string {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)?.map(Number) ?? []
  if (year === undefined || month === undefined || date === undefined) return ''
  return new Date(year, month - 1, date + later).toISOString()
}

/** The filters as the API takes them. The last day is a part of what is asked for. */
export function auditQuery({ q, org, actor, from, to, type, target }: AuditFilter) {
  return given({
    search: q,
    org_id: org,
    actor,
    since: startOf(from),
    until: startOf(to, 1),
    target_type: type,
    target_id: target,
  })
}
