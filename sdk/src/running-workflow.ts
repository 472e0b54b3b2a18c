/** Under this a context in memory holds what is told the workflow that runs with it. An execution's has none: the platform knows what it runs. */
export const runningWorkflowKey: unique symbol = Symbol.for('crosswalk.running_workflow')

/** Runs a workflow's function; a context in memory has its name meanwhile. */
export async function runAsWorkflow<Result>(ctx: unknown, name: string, run: () => Promise<Result>): Promise<Result> {
  const within: unknown = typeof ctx === 'object' && ctx !== null ? Reflect.get(ctx, runningWorkflowKey) : undefined
  return typeof within === 'function' ? await (within as WithinWorkflow)(name, run) : await run() // the symbol is ours
}

/** What stands under {@link runningWorkflowKey}. */
export type WithinWorkflow = <Result>(name: string, run: () => Promise<Result>) => Promise<Result>
