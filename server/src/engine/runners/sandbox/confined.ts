/** What is to be run, and what it is to see. */
export type Confined = {
  /** Node and its arguments. */
  command: readonly [string, ...string[]]
  /** Files and folders that it reads; Node itself need not be named. */
  readable: readonly string[]
  /** Folders that it must not see, though they may lie in one that it reads. */
  hidden: readonly string[]
  folder: string
  env: Readonly<Record<string, string>>
  network: 'host' | 'none'
}

/** How to start it. Node's `spawn` takes the command and arguments; the extra descriptors come after those of the caller. */
export type Launch = {
  command: string
  args: string[]
  cwd: string
  env: Record<string, string>
  /** To be handed on as descriptors from `firstDescriptor` on. */
  descriptors: number[]
  /** Closes what the launch opened: to be called once the process is started. */
  release(): void
  /** What it is called inside, where that is not the worker's user. */
  uid: number | undefined
}
