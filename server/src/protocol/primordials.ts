/**
 * What the channel uses of the language and of Node, taken before author code loads. A global or a prototype that author code patches
 * afterwards neither hears the channel nor changes what it says. Defence in depth: that one organization never shares a process with
 * another is what keeps them apart.
 */
type Method<This, Args extends unknown[], Result> = (this: This, ...args: Args) => Result

const { bind, call } = Function.prototype

/** A method as a function whose first argument is `this`. */
export function uncurried<This, Args extends unknown[], Result>(method: Method<This, Args, Result>): (self: This, ...args: Args) => Result {
  return Reflect.apply(bind, call, [method]) as (self: This, ...args: Args) => Result // what binding `call` gives
}

type NativeBuffer = Buffer & {
  utf8Slice(start: number, end: number): string
  hexSlice(start: number, end: number): string
  utf8Write(text: string, start: number, length: number): number
  hexWrite(text: string, start: number, length: number): number
}
const bytes = Buffer.prototype as NativeBuffer // Node has them, its types do not

export const { parse: parseJson, stringify: stringifyJson } = JSON
export const { isArray } = Array
export const { keys: keysOf, create: createObject, defineProperty } = Object
export const { isFinite: isFiniteNumber } = Number
export const text = String
export const { allocUnsafeSlow, byteLength } = Buffer
export const utf8Slice = uncurried(bytes.utf8Slice)
export const hexSlice = uncurried(bytes.hexSlice)
export const utf8Write = uncurried(bytes.utf8Write)
export const hexWrite = uncurried(bytes.hexWrite)
export const readNumber = uncurried(bytes.readUInt32LE)
export const writeNumber = uncurried(bytes.writeUInt32LE)
export const copyBytes = uncurried(bytes.copy)
type ForEach<Of, Key> = (this: Of, take: (item: unknown, key: Key) => void) => void
export const mapForEach = uncurried(Map.prototype.forEach as ForEach<Map<unknown, unknown>, unknown>)
export const setForEach = uncurried(Set.prototype.forEach as ForEach<Set<unknown>, unknown>)
export const timeOf = uncurried(Date.prototype.getTime)

/** Gives the prototype of a class its inherited methods as its own, and freezes both: nothing is looked up where others can patch it. */
function settled<Class extends { prototype: object }>(made: Class, from: object): Class {
  for (const name of Reflect.ownKeys(from)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(from, name)
    if (descriptor && !Object.hasOwn(made.prototype, name)) Object.defineProperty(made.prototype, name, descriptor)
  }
  Object.freeze(made.prototype)
  return Object.freeze(made)
}

/** A map and a set that stay as they are. To go through them use `forEach`: iterators are looked up elsewhere. */
export const SafeMap = settled(class SafeMap<Key, Value> extends Map<Key, Value> {}, Map.prototype)
export const SafeSet = settled(class SafeSet<Item> extends Set<Item> {}, Set.prototype)

/** Gives an object all methods of its prototypes as its own, so that it keeps them as they are now. */
export function keepMethods(object: object): void {
  for (
    let above: object | null = Object.getPrototypeOf(object);
    above && above !== Object.prototype;
    above = Object.getPrototypeOf(above)
  ) {
    for (const name of Reflect.ownKeys(above)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(above, name)
      if (typeof descriptor?.value !== 'function' || Object.hasOwn(object, name)) continue
      Object.defineProperty(object, name, { value: descriptor.value, writable: true, configurable: true, enumerable: false })
    }
  }
}
