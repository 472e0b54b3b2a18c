/**
 * The numbers of PostgreSQL's advisory locks, all in one place: two uses of one number would wait for each other.
 * Locks that belong to one thing take a hash of its name instead.
 */
export const advisoryLocks = {
  migration: 7_071_001,
  orphans: 7_071_002,
  keyRotation: 7_071_003,
  publication: 7_071_004,
  claims: 7_071_005,
  testTemplate: 7_071_007,
  auditChain: 7_071_008,
  organizationImport: 7_071_009,
} as const
