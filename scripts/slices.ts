// The order of the server's slices, as the server itself has it.
export { slices } from '../server/src/processes/slices.ts'
