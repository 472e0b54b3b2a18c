/** How often a vendor may be asked. `share` is how much of it is used, so that a rest is left for the vendor's other users. */
export type LimitSpec =
  | {
      readonly requests: number
      readonly perMs: number
      readonly window?: 'sliding' | 'fixed' | undefined
      readonly share?: number | undefined
    }
  | { readonly parallel: number }

/** A limit of requests within a time, with all that is decided about it here: the database only counts. */
export type TimeLimit = {
  /** What was spent under it, also where the number was changed meanwhile. */
  key: string
  /** So many calls may be made in all, and so many where nobody waits for them. The rest is for a person who comes while a batch runs. */
  people: number
  background: number
  perMs: number
  isFixed: boolean
  /** The vendor's clock may differ by so much. */
  skewMs: number
  /** Times are kept in steps of this. */
  grainMs: number
  /** At most so many are taken at once. */
  chunk: number
}

export type Limits = {
  windows: readonly TimeLimit[]
  maxParallel: number | undefined
  /** What was taken is used within this time, or given back; with a slow database a little later. */
  holdMs: number
  /** Where there is no room it is not asked for more often. */
  minAskMs: number
}

const defaultShare = 0.8
/** Of a share of all, so much is left for people. */
const peoplesPart = 0.02
/** A call that was let through has reached the vendor within this time; one that was answered has, too. */
export const maxLagMs = 1_000
const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value))

/** A limit by its key, with how much of it is used: where several are declared for one key, the least holds. */
export type Declaration = Record<string, { spec: LimitSpec; usable: number }>

/** The strictest of limits that are declared for one credential, by their keys. Those of other windows hold beside each other. */
export function declarationOf(declared: readonly (readonly LimitSpec[])[]): Declaration {
  const strictest: Declaration = {}
  for (const spec of declared.flat()) {
    const [key, usable] = 'parallel' in spec ? ['parallel', spec.parallel] : usableOf(timeLimitOf(spec))
    const known = strictest[key]
    if (!known || usable < known.usable) strictest[key] = { spec, usable }
  }
  return strictest
}

/** Of equal ones for a batch, the one with less for people is the stricter. */
const usableOf = ({ key, background, people }: TimeLimit): [key: string, usable: number] => [key, background + people / 1e9]

export const limitsIn = (declaration: Declaration): LimitSpec[] => Object.values(declaration).map(({ spec }) => spec)

/**
 * What a person's call may use beyond the share is half of the rest: the other half stays with the vendor's other users.
 *
 * @param specs as the integration declares them, checked
 */
export function limitsOf(specs: readonly LimitSpec[]): Limits {
  const windows = specs.flatMap((spec) => ('requests' in spec ? [timeLimitOf(spec)] : []))
  const parallel = specs.flatMap((spec) => ('parallel' in spec ? [spec.parallel] : []))
  return {
    windows,
    maxParallel: parallel.length === 0 ? undefined : Math.min(...parallel),
    holdMs: Math.min(2_000, ...windows.map(({ perMs }) => clamp(perMs / 10, 20, 2_000))),
    minAskMs: Math.min(200, ...windows.map(({ perMs }) => perMs / 60)),
  }
}

function timeLimitOf({ requests, perMs, window = 'sliding', share = defaultShare }: Extract<LimitSpec, { requests: number }>): TimeLimit {
  const people = Math.max(1, Math.round(requests * (share + (1 - share) / 2)))
  const forPeople = people === 1 ? 0 : Math.max(1, Math.ceil(people * peoplesPart))
  const background = clamp(Math.floor(requests * share), 1, people - forPeople)
  const isFixed = window === 'fixed'
  return {
    key: `${isFixed ? 'fixed' : 'sliding'}:${perMs}`,
    people,
    background,
    perMs,
    isFixed,
    skewMs: isFixed ? Math.min(1_000, Math.ceil(perMs / 50)) : 0,
    grainMs: clamp(Math.floor(perMs / 100), 1, 60_000),
    chunk: Math.max(1, Math.ceil(background / 3)),
  }
}
