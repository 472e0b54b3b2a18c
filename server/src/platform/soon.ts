/** A value that is there, or will be. */
export type Soon<Value> = Value | Promise<Value>

/** Does the next thing with a value. Where it is there already nothing waits, which counts in what each request does. */
export function afterwards<Value, Result>(value: Soon<Value>, next: (value: Value) => Soon<Result>): Soon<Result> {
  return value instanceof Promise ? value.then(next) : next(value)
}
