/**
 * A module of Node, from when it is first used: its cryptography alone takes a third of the time in which Node starts, and many executions
 * never need it. What author code puts in the place of `process.getBuiltinModule` is not asked.
 */
export const builtin: typeof process.getBuiltinModule = process.getBuiltinModule.bind(process)
