import { AsyncLocalStorage } from 'node:async_hooks'

/** Whatever came out of an integration, by the name of the integration. Beside the errors, so that author code sees them as they were thrown. */
const origins = new WeakMap<object, string>()
/** Deepest cause that is looked at. */
const maxCauses = 5

const running = new AsyncLocalStorage<string>()

/** The integration whose code runs now, the innermost where one uses another's client. */
export const runningIntegration = (): string | undefined => running.getStore()

/** Runs what an integration does. Of what it throws is known afterwards whose it is, also where author code wraps it. */
export async function ofIntegration<Result>(name: string, run: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await running.run(name, run)
  } catch (thrown) {
    noteIntegration(thrown, name)
    throw thrown
  }
}

/** The first to be noted stays: an integration that uses another's client has not failed itself. */
export function noteIntegration(thrown: unknown, name: string): void {
  if (typeof thrown === 'object' && thrown !== null && !origins.has(thrown)) origins.set(thrown, name)
}

/** The integration that this, or what caused it, came out of. */
export function integrationOf(thrown: unknown): string | undefined {
  let current = thrown
  for (let depth = 0; typeof current === 'object' && current !== null && depth < maxCauses; depth++) {
    const name = origins.get(current)
    if (name !== undefined) return name
    current = causeOf(current)
  }
  return undefined
}

/** Even to look may fail: what is thrown may be anything. */
function causeOf(thrown: object): unknown {
  try {
    return 'cause' in thrown ? thrown.cause : undefined
  } catch {
    return undefined
  }
}
