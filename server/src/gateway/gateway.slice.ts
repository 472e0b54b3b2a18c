import type { Slice } from '../platform/slice.ts'

export const gatewaySlice = { name: 'gateway', holds: 'the only way of author code to the outside', tables: {} } satisfies Slice
