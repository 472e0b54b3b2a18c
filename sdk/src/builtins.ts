/**
 * A module of Node, from when it is first used: its cryptography alone takes a third of the time in which Node starts, and many executions
 * never need it. Author code cannot put another in its place.
 */
export const builtin: typeof process.getBuiltinModule = process.getBuiltinModule.bind(process)
