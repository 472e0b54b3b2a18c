import { definitionInvalid } from './definition-checks.ts'
import type { RetryOptions } from './retry.ts'

/** How {@link recordClient} wraps a client. */
export type RecordClientOptions = {
  /** Name of the integration; steps are named `${name}.${method}`. */
  name: string
  /** Async methods that are not steps. */
  unrecorded?: readonly string[] | undefined
  /** Plain functions that return promises and are steps. */
  recorded?: readonly string[] | undefined
  /** How all of its steps are tried again, and those of a method. */
  retry?: RetryOptions | undefined
  methodRetry?: Readonly<Record<string, RetryOptions>> | undefined
  /** Runs `run` as a step, or answers what an earlier run of the same step gave. `args` are the call's, for people to see. */
  step: (name: string, args: readonly unknown[], run: () => Promise<unknown>, retry: RetryOptions | undefined) => Promise<unknown>
}

/** What is under a name of the client, seen as a function. */
type Callable = (...args: unknown[]) => unknown

/**
 * Wraps a client so that its async methods are recorded as steps: not repeated after a crash.
 *
 * - A native async function is a step. So is a function listed in `recorded`; one in `unrecorded` is not.
 * - Everything else passes through: plain functions, getters, async generators, nested objects.
 * - `this` inside a method is the client itself. So private fields work, and a method that calls another is one step, not two.
 * - A function that returns its client (a fluent call) returns the wrapped one.
 *
 * @throws TypeError when there is no client, or when `recorded`, `unrecorded` or `methodRetry` names something that it does not have as a function:
 * a typing error there would silently cost durability.
 */
export function recordClient<Client>(client: Client, options: RecordClientOptions): Client {
  if (client === undefined) throw definitionInvalid(`The integration '${options.name}' gave no client: getClient(mapping) must return one.`)
  // A client that is a bare function or a scalar has no methods to record.
  if (typeof client !== 'object' || client === null) return client
  const source: object = client
  const unrecorded = new Set(options.unrecorded)
  const recorded = new Set(options.recorded)
  for (const [list, methods] of [
    ['recorded or unrecorded', [...unrecorded, ...recorded]],
    ['methodRetry', Object.keys(options.methodRetry ?? {})],
  ] as const) {
    const missing = methods.find((method) => typeof Reflect.get(source, method) !== 'function')
    if (missing === undefined) continue
    const listed = list === 'methodRetry' ? `has a methodRetry for '${missing}'` : `lists '${missing}' as ${list}`
    throw definitionInvalid(`The integration '${options.name}' ${listed}, and its client has no such method.`)
  }

  // Kept by name, so that `client.listUsers === client.listUsers`, and an alias of a method is a step under its own name.
  const wrappers = new Map<string | symbol, { method: Callable; wrapper: Callable }>()
  const isStep = (property: string, method: Callable) => !unrecorded.has(property) && (recorded.has(property) || isAsyncFunction(method))

  const wrap = (property: string | symbol, method: Callable): Callable => {
    const existing = wrappers.get(property)
    if (existing?.method === method) return existing.wrapper
    const call = (args: unknown[]) => {
      const result = Reflect.apply(method, source, args)
      return result === source ? proxy : result
    }
    const wrapper = new Proxy(method, {
      apply: (_method, _self, args) =>
        typeof property === 'string' && isStep(property, method)
          ? options.step(`${options.name}.${property}`, args, async () => call(args), retryOf(options, property))
          : call(args),
    })
    wrappers.set(property, { method, wrapper })
    return wrapper
  }

  // The proxy stands on an empty object and not on the client: a frozen client could not have its methods replaced.
  const proxy: object = new Proxy(Object.create(null), {
    get(_target, property) {
      const value: unknown = Reflect.get(source, property, source)
      return isCallable(value) && property !== 'constructor' ? wrap(property, value) : value
    },
    set: (_target, property, value) => Reflect.set(source, property, value, source),
    has: (_target, property) => Reflect.has(source, property),
    deleteProperty: (_target, property) => Reflect.deleteProperty(source, property),
    ownKeys: () => Reflect.ownKeys(source),
    getPrototypeOf: () => Reflect.getPrototypeOf(source),
    getOwnPropertyDescriptor(_target, property) {
      const descriptor = Reflect.getOwnPropertyDescriptor(source, property)
      return descriptor && { ...descriptor, configurable: true }
    },
  })
  return proxy as Client // answers as the client in everything that a type can say
}

/** Of what the author says nothing about, only what was refused is tried again: a call may have been done. */
function retryOf({ retry, methodRetry }: RecordClientOptions, method: string): RetryOptions | undefined {
  const own = methodRetry && Object.hasOwn(methodRetry, method) ? methodRetry[method] : undefined
  return retry || own ? { retries: 'refused', ...retry, ...own } : undefined
}

function isCallable(value: unknown): value is Callable {
  return typeof value === 'function'
}

/** By tag and not by class, which differs between realms. Async generators have another tag. */
function isAsyncFunction(value: Callable): boolean {
  return Object.prototype.toString.call(value) === '[object AsyncFunction]'
}
