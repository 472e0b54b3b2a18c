import type { RunnerProcess } from './runner-process.ts'

export type GroupOptions = {
  sessionsPerRunner: number
  /** Of one group. */
  maxRunners: number
  executionsPerRunner: number
  keepIdleMs: number
  /** Somebody waits for a runner to end: one that has nothing to do is not kept. */
  isAwaited(): boolean
}

type Member = { runner: RunnerProcess; idleSince: number; timer: NodeJS.Timeout | undefined }

/** The runners that serve somebody: each group has its own, and none ever changes from one to another. */
export class RunnerGroups<Binding extends string> {
  readonly #options: GroupOptions
  readonly #groups = new Map<Binding, Member[]>()
  /** All of a group that ask while one is being started share it. */
  readonly #starting = new Map<Binding, Promise<RunnerProcess>>()
  #generation = 0

  constructor(options: GroupOptions) {
    this.#options = options
  }

  /** A runner of the group that has room; a new one where none has, until there are as many as there may be. */
  async withRoom(binding: Binding, unbound: () => Promise<RunnerProcess>): Promise<RunnerProcess> {
    const { sessionsPerRunner, maxRunners, executionsPerRunner } = this.#options
    for (;;) {
      const members = this.#groups.get(binding) ?? []
      for (const { runner } of members) if (runner.served >= executionsPerRunner) runner.retire()
      const free = members
        .map(({ runner }) => runner)
        .filter((runner) => !runner.isGone && !runner.isRetired)
        .toSorted((left, right) => left.sessionCount - right.sessionCount)
      const [least] = free
      if (least && (least.sessionCount < sessionsPerRunner || free.length >= maxRunners)) return least
      let starting = this.#starting.get(binding)
      if (!starting) {
        starting = this.#add(binding, unbound)
        this.#starting.set(binding, starting)
        const done = () => void (this.#starting.get(binding) === starting && this.#starting.delete(binding))
        starting.then(done, done)
      }
      const runner = await starting
      // While it was started others may have filled it, or it ended.
      if (!runner.isGone && !runner.isRetired && runner.sessionCount < sessionsPerRunner) return runner
    }
  }

  /** Takes one out that has nothing to do, the one that is idle for longest. */
  takeIdle(): RunnerProcess | undefined {
    const idle = [...this.#groups.values()].flat().filter(({ runner }) => runner.sessionCount === 0 && !runner.isRetired && !runner.isGone)
    const member = idle.toSorted((left, right) => left.idleSince - right.idleSince)[0]
    if (!member) return undefined
    member.runner.isRetired = true
    return member.runner
  }

  /** Takes all out: they are given nothing more from here. */
  takeAll(): RunnerProcess[] {
    const members = [...this.#groups.values()].flat()
    for (const { timer } of members) clearTimeout(timer)
    this.#groups.clear()
    this.#starting.clear()
    this.#generation++
    return members.map(({ runner }) => runner)
  }

  async #add(binding: Binding, unbound: () => Promise<RunnerProcess>): Promise<RunnerProcess> {
    const generation = this.#generation
    const runner = await unbound()
    runner.bind(binding)
    const member: Member = { runner, idleSince: performance.now(), timer: undefined }
    if (generation === this.#generation) {
      this.#groups.set(binding, [...(this.#groups.get(binding) ?? []), member])
      runner.onBusy = () => clearTimeout(member.timer)
      runner.onIdle = () => this.#wait(member)
      void runner.exited.then(() => this.#forget(binding, member))
    } else runner.retire()
    return runner
  }

  #wait(member: Member): void {
    clearTimeout(member.timer)
    member.idleSince = performance.now()
    if (this.#options.isAwaited()) member.runner.retire()
    if (member.runner.isRetired || !Number.isFinite(this.#options.keepIdleMs)) return
    member.timer = setTimeout(() => member.runner.retire(), this.#options.keepIdleMs)
    member.timer.unref()
  }

  #forget(binding: Binding, member: Member): void {
    clearTimeout(member.timer)
    const rest = (this.#groups.get(binding) ?? []).filter((other) => other !== member)
    if (rest.length > 0) this.#groups.set(binding, rest)
    else this.#groups.delete(binding)
  }
}
