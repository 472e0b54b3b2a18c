import { registerHooks } from 'node:module'

/**
 * Gives author code the SDK that this runner has, also where the workspace has a copy of its own beside it for tests and editors: with
 * two, a workflow of one would not know the context of the other.
 */
export function giveOwnSdk(): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== '@crosswalk/sdk' && !specifier.startsWith('@crosswalk/sdk/')) return next(specifier, context)
      return next(specifier, { ...context, parentURL: import.meta.url })
    },
  })
}
