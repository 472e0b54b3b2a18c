/** A module of Node, from when it is first used: some take longer to load than all of ours. Author code cannot put another in its place. */
export const builtin = process.getBuiltinModule.bind(process)
