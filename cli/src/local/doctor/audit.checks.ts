import { type Finding, ok, warn } from './finding.ts'

export type SinkFacts = { name: string; behind: number; failing_since: string | null; last_error: string | null }

const waiting = ({ name, behind }: SinkFacts) => (behind === 0 ? `${name} has every event` : `${name} is ${behind} events behind`)

/** @param sinks undefined where nothing runs, or its key is not known */
export function checkAuditSinks(sinks: readonly SinkFacts[] | undefined): Finding {
  const check = 'Audit sent on'
  if (sinks === undefined) return ok(check, 'not looked at: Crosswalk does not run, or its API key is not known')
  if (sinks.length === 0) return ok(check, 'nowhere; it is kept in the database alone')
  const failing = sinks.filter(({ failing_since }) => failing_since !== null)
  if (failing.length === 0) return ok(check, sinks.map(waiting).join('; '))
  const words = failing.map((sink) => `${waiting(sink)}, and fails since ${sink.failing_since}: ${sink.last_error ?? 'no reason given'}`)
  return warn(
    check,
    words.join('; '),
    'Mend the other side, or correct CROSSWALK_AUDIT_SYSLOG or CROSSWALK_AUDIT_WEBHOOK. Events wait meanwhile.',
  )
}
