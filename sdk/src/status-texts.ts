/** What a status is called. Node's `http` is asked when one is wanted: to load it takes longer than all of this package. */
export function statusTextOf(status: number): string {
  return process.getBuiltinModule('node:http').STATUS_CODES[status] ?? ''
}
