import { sourceOf } from './addresses.ts'

/** What one address may have at once, or do in a minute. */
export type SourceLimits = { maxConnections: number; maxStreams: number; maxWrongKeys: number }

export const defaultSourceLimits: SourceLimits = { maxConnections: 512, maxStreams: 100, maxWrongKeys: 20 }

/** At most this many sources are remembered: someone with more addresses than that is not held up by them. */
const maxSources = 10_000

/** Places that each address has so many of. */
export type Places = {
  /** Takes one until the returned function is called. Undefined where there is none left. */
  take(address: string | undefined): (() => void) | undefined
}

export function createPlaces(maxPlaces: number): Places {
  const taken = new Map<string, number>()
  return {
    take(address) {
      const source = sourceOf(address)
      const count = taken.get(source) ?? 0
      if (count >= maxPlaces) return undefined
      taken.set(source, count + 1)
      let isTaken = true
      return () => {
        if (!isTaken) return
        isTaken = false
        const left = (taken.get(source) ?? 1) - 1
        if (left > 0) taken.set(source, left)
        else taken.delete(source)
      }
    },
  }
}

/** Attempts with keys that are wrong, counted for each address. */
export type Attempts = {
  /** Seconds until the address may try again. Undefined where it may now: also where it has used that key before with success. */
  waitSeconds(address: string | undefined, digest: Buffer): number | undefined
  failed(address: string | undefined): void
  succeeded(address: string | undefined, digest: Buffer): void
}

const windowMs = 60_000

type Attempted = { since: number; failures: number; knownDigest: Buffer | undefined }

export function createAttempts(maxFailures: number, now: () => number = Date.now): Attempts {
  const sources = new Map<string, Attempted>()
  const entryOf = (address: string | undefined): Attempted => {
    const source = sourceOf(address)
    const entry = sources.get(source) ?? { since: now(), failures: 0, knownDigest: undefined }
    if (now() - entry.since >= windowMs) Object.assign(entry, { since: now(), failures: 0 })
    // The one that was heard of last stands last, and the first has to go.
    sources.delete(source)
    sources.set(source, entry)
    const oldest = sources.size > maxSources ? sources.keys().next().value : undefined
    if (oldest !== undefined) sources.delete(oldest)
    return entry
  }
  return {
    waitSeconds(address, digest) {
      const entry = sources.get(sourceOf(address))
      if (!entry || entry.failures < maxFailures) return undefined
      const restMs = entry.since + windowMs - now()
      if (restMs <= 0 || entry.knownDigest?.equals(digest)) return undefined
      return Math.ceil(restMs / 1_000)
    },
    failed(address) {
      entryOf(address).failures++
    },
    succeeded(address, digest) {
      // Most requests come with the key that the one before had.
      if (!sources.get(sourceOf(address))?.knownDigest?.equals(digest)) entryOf(address).knownDigest = digest
    },
  }
}

/** Calls back for what is told once a minute of each address: its first, and not each of thousands. */
export function oncePerMinute<Kind extends string>(tell: (kind: Kind, source: string) => void, now: () => number = Date.now) {
  const told = new Map<string, number>()
  return (kind: Kind, address: string | undefined): void => {
    const source = sourceOf(address)
    const key = `${kind} ${source}`
    const at = now()
    if (at - (told.get(key) ?? Number.NEGATIVE_INFINITY) < windowMs) return
    told.delete(key)
    told.set(key, at)
    const oldest = told.size > maxSources ? told.keys().next().value : undefined
    if (oldest !== undefined) told.delete(oldest)
    tell(kind, source)
  }
}
