/**
 * How long an execution of each kind waits in all when vendors ask it to, beyond the time that it has for itself. A workflow waits for
 * them in its steps; outside of those it waits within its own time.
 */
export const maxVendorWaitMs = {
  workflow: 15 * 60_000,
  discovery: 15 * 60_000,
  connection_test: 2 * 60_000,
  data_provider: 30_000,
} as const
