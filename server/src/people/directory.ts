// Who there is, for slices that stand later.
export { findPerson, listActivePeople } from './people.queries.ts'
