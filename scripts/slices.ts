/** A folder of the server, and in a few words what lives there. */
export type Slice = { name: string; holds: string }

/** The server's slices from the first to the last. Each imports only those before it. */
export const slices: readonly Slice[] = [
  { name: 'protocol', holds: 'what a worker and a runner say to each other' },
  { name: 'platform', holds: 'database, embedded PostgreSQL, HTTP, files, environment' },
  { name: 'gateway', holds: 'the only way of author code to the outside' },
  { name: 'audit', holds: 'who did what, written with the change' },
  { name: 'access', holds: 'principals, permissions, reach, sessions' },
  { name: 'organizations', holds: 'the customers' },
  { name: 'definitions', holds: 'what the workspace publishes' },
  { name: 'engine', holds: 'executions: state, claims, leases, steps, journal, runners' },
  { name: 'values', holds: 'secrets and config' },
  { name: 'integrations', holds: 'the catalogue of integrations' },
  { name: 'mappings', holds: 'which external organization an organization is' },
  { name: 'discovery', holds: 'what an outside system lists' },
  { name: 'matching', holds: 'who an unmapped organization is likely to be' },
  { name: 'data-providers', holds: 'options for the fields of forms' },
  { name: 'batches', holds: 'one order for many organizations' },
  { name: 'workflows', holds: 'the catalogue of workflows, and running one' },
  { name: 'schedules', holds: 'what runs on its own, and when' },
  { name: 'history', holds: 'executions, logs and figures, over HTTP' },
  { name: 'overview', holds: 'what needs attention; health' },
  { name: 'upkeep', holds: 'deleting what has expired' },
  { name: 'processes', holds: 'puts the slices together: start, api, worker' },
]
