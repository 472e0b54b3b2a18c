/**
 * What stops a process from starting. It is shown to a person as its one sentence, without a stack, so the sentence says
 * what is wrong and what to do about it.
 */
export class StartError extends Error {
  override readonly name = 'StartError'
  /** Stable, snake_case. */
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The exit code by which a supervised process says that starting it again would not help. */
export const startErrorExitCode = 78

/** The `code` of an error of the operating system or of Node, or the empty string. */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
