import type { VendorRequest } from '@crosswalk/sdk/testing'
import { z } from 'zod'

/** What every fault may say beside its kind: which requests it is for. */
const aim = {
  /** Only paths that begin so. Default: every request but those for tokens. */
  path: z.string().startsWith('/').optional(),
  /** So many requests that it is for pass unharmed first. */
  after: z.int().min(0).default(0),
  /** For so many requests; without it until all faults are ended. */
  times: z.int().min(1).optional(),
}
const fault = <Kind extends string, Fields extends z.ZodRawShape>(kind: Kind, fields: Fields) =>
  z.object({ kind: z.literal(kind), ...fields, ...aim })

/** What can go wrong with a simulated vendor. The same words in TypeScript and as `POST /_control/faults`. */
export const vendorFault = z.discriminatedUnion('kind', [
  // How it answers
  fault('slow', { ms: z.int().min(0) }),
  fault('cut', { when: z.enum(['before', 'midway']).default('before') }),
  fault('too_many_requests', {
    retry_after: z
      .union([z.int().min(0), z.string()])
      .nullable()
      .default(null),
  }),
  fault('error', { status: z.int().min(400).max(599).default(500), retry_after: z.int().min(0).nullable().default(null) }),
  fault('html', { status: z.int().min(200).max(599).default(200) }),
  fault('malformed_json', {}),
  fault('empty_body', {}),
  fault('wrong_content_type', { content_type: z.string().default('text/plain') }),
  fault('wrong_shape', {}),
  // Whom it lets in
  fault('credentials_refused', {}),
  fault('forbidden', {}),
  // How it lists
  fault('page_repeats', {}),
  fault('total_changes', { by: z.int().default(-1) }),
  // What happens once, just before the request is answered
  fault('token_dies', {}),
  fault('customer_vanishes', { id: z.string().optional() }),
  fault('renamed', { id: z.string(), name: z.string().min(1) }),
  fault('merged', { id: z.string(), into: z.string() }),
])

export type VendorFault = z.output<typeof vendorFault>
/** A fault as it is begun: what has a default may be left out. */
export type VendorFaultDraft = z.input<typeof vendorFault>
export type FaultKind = VendorFault['kind']

const onceKinds: readonly FaultKind[] = ['token_dies', 'customer_vanishes', 'renamed', 'merged']

export type Faults = {
  /** Several may be there at once; each request meets all that are for it, in the order in which they began. */
  begin(fault: VendorFaultDraft): void
  /** Ends all. What happened stays: a renamed customer keeps its name. */
  clear(): void
}

/** Keeps what was begun, and takes what a request meets. `isSpared` says which requests no fault without a path is for. */
export function createFaults(isSpared: (request: VendorRequest) => boolean): {
  faults: Faults
  take(request: VendorRequest): VendorFault[]
} {
  let begun: { fault: VendorFault; passed: number; left: number }[] = []
  return {
    faults: {
      begin(draft) {
        const fault = vendorFault.parse(draft)
        begun.push({ fault, passed: 0, left: fault.times ?? (onceKinds.includes(fault.kind) ? 1 : Number.POSITIVE_INFINITY) })
      },
      clear: () => {
        begun = []
      },
    },
    take(request) {
      const met: VendorFault[] = []
      for (const armed of begun) {
        const { path, after } = armed.fault
        if (path === undefined ? isSpared(request) : !request.path.startsWith(path)) continue
        armed.passed += 1
        if (armed.passed <= after || armed.left === 0) continue
        armed.left -= 1
        met.push(armed.fault)
      }
      return met
    },
  }
}
