/** Under this a context in memory holds its check of closed fields. An execution's has none: the platform checks before it calls the function. */
export const closedFieldsKey: unique symbol = Symbol.for('crosswalk.closed_fields')

/** Has closed fields of a definition's parameters checked, where the context does that. @throws validation_failed */
export async function checkClosedFields(ctx: unknown, definition: object, parameters: unknown): Promise<void> {
  const check: unknown = typeof ctx === 'object' && ctx !== null ? Reflect.get(ctx, closedFieldsKey) : undefined
  if (typeof check === 'function') await check(definition, parameters)
}
