/**
 * Everything that runs author code is an execution, of one of these kinds. What differs by kind alone stands here, where the runner may
 * read it too; enums, views, names for people and limits come from it. The slice that has a kind names it in its `*.slice.ts`.
 */
export const kinds = {
  workflow: {
    maxVendorWaitMs: 15 * 60_000,
    asks: null,
    batchedBy: 'organization',
    mayWriteMappings: true,
    mayLetGo: true,
    mayBeRetried: true,
  },
  discovery: {
    maxVendorWaitMs: 15 * 60_000,
    asks: 'list',
    batchedBy: null,
    mayWriteMappings: false,
    mayLetGo: false,
    mayBeRetried: false,
  },
  connection_test: {
    maxVendorWaitMs: 2 * 60_000,
    asks: 'mapping',
    batchedBy: 'mapping',
    mayWriteMappings: false,
    mayLetGo: false,
    mayBeRetried: false,
  },
  data_provider: {
    maxVendorWaitMs: 30_000,
    asks: null,
    batchedBy: null,
    mayWriteMappings: true,
    mayLetGo: false,
    mayBeRetried: false,
  },
} as const satisfies Record<string, KindTraits>

type KindTraits = {
  /**
   * How long one waits in all when vendors ask it to, beyond the time that it has for itself. A workflow waits for them in its steps;
   * outside of those it waits within its own time.
   */
  maxVendorWaitMs: number
  /** What it asks an integration for, where it runs just that; null where it runs something else. */
  asks: 'list' | 'mapping' | null
  /** For what one order makes one each; null where there are no orders of many. */
  batchedBy: 'organization' | 'mapping' | null
  /** Its code may change mappings: a listing or a test has no business with it. */
  mayWriteMappings: boolean
  /** Its worker may let it go while all that its code has open is a long wait (`waiting`). Somebody waits for the answer of the others. */
  mayLetGo: boolean
  /** One that has failed may be retried from the step that failed. The others are simply asked for once more. */
  mayBeRetried: boolean
}

export type ExecutionKind = keyof typeof kinds

/** What a batch is of. */
export type BatchKind = { [Kind in ExecutionKind]: (typeof kinds)[Kind]['batchedBy'] extends null ? never : Kind }[ExecutionKind]

export const executionKinds = Object.keys(kinds) as [ExecutionKind, ...ExecutionKind[]] // as they stand above
export const batchKinds = executionKinds.filter((kind) => kinds[kind].batchedBy !== null) as [BatchKind, ...BatchKind[]] // by the same trait

/** As people say it in a sentence: "a connection test". */
export const kindInWords = (kind: ExecutionKind) => `a ${kind.replaceAll('_', ' ')}`
