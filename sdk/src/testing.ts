export { mockContext } from './testing/mock-context.ts'
export type { MockApproval, MockContext, MockContextOptions } from './testing/mock-context-options.ts'
export type { CrashPoint } from './testing/mock-life.ts'
export type { MockMapping } from './testing/mock-mappings.ts'
export type { StepRecord } from './testing/mock-steps.ts'
export { type RecordedVendor, recordedVendor } from './testing/recorded-vendor.ts'
export { type SimulatedVendor, type SimulateVendorOptions, simulateVendor } from './testing/vendor.ts'
export type { FaultControl, FaultFilter, VendorFault } from './testing/vendor-faults.ts'
export {
  answer,
  answerText,
  cutOff,
  type VendorAnswer,
  type VendorHandler,
  type VendorRequest,
  type VendorRoutes,
} from './testing/vendor-routes.ts'
