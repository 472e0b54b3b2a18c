/** What one check found. */
export type Finding = { check: string; status: 'ok' | 'warn' | 'fail'; message: string; remedy: string | null }

export function ok(check: string, message: string): Finding {
  return { check, status: 'ok', message, remedy: null }
}

/** Something works, and could trouble somebody later. */
export function warn(check: string, message: string, remedy: string): Finding {
  return { check, status: 'warn', message, remedy }
}

/** Something does not work. */
export function fail(check: string, message: string, remedy: string): Finding {
  return { check, status: 'fail', message, remedy }
}
