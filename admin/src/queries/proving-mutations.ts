import { isApiError } from '@crosswalk/client'
import { type Mutation, MutationCache, type MutationOptions, type MutationState, type QueryClient } from '@tanstack/react-query'

/** Asks who is signed in to prove it again. Resolves to whether they did. */
export type AskForProof = () => Promise<boolean>

/** Changes that wait for a proof where the server asks for one, and then continue as if nothing had been. */
export class ProvingMutations extends MutationCache {
  readonly #ask: AskForProof

  constructor(ask: AskForProof) {
    super()
    this.#ask = ask
  }

  override build<Data, Failure, Variables, Made>(
    client: QueryClient,
    options: MutationOptions<Data, Failure, Variables, Made>,
    state?: MutationState<Data, Failure, Variables, Made>,
  ): Mutation<Data, Failure, Variables, Made> {
    const { mutationFn: change } = options
    if (!change) return super.build(client, options, state)
    const mutationFn: typeof change = async (variables, context) => {
      try {
        return await change(variables, context)
      } catch (error) {
        if (!isApiError(error, 'proof_required') || !(await this.#ask())) throw error
        return change(variables, context)
      }
    }
    return super.build(client, { ...options, mutationFn }, state)
  }
}
