/** Under this the platform's context holds what is told the parameters of a definition as its schema parsed them. Not in its type: authors have no use for it. */
export const parsedParametersKey: unique symbol = Symbol.for('crosswalk.parsed_parameters')

/** Tells the platform with which parameters a definition's function is called, defaults included. */
export function tellParameters(ctx: unknown, definition: object, parameters: unknown): void {
  const tell: unknown = typeof ctx === 'object' && ctx !== null ? Reflect.get(ctx, parsedParametersKey) : undefined
  if (typeof tell === 'function') tell(definition, parameters)
}
