import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A yardstick in a process of its own, as the platform is in its own. */
export type Yardstick = { ask<Answer>(question?: object): Promise<Answer>; stop(): Promise<void> }

/** Starts `yardsticks/<name>.ts`; it says when it is ready, and answers one question at a time. Ends with this process. */
export async function startYardstick<Ready>(name: string, args: string[]): Promise<Yardstick & { ready: Ready }> {
  const child = fork(join(import.meta.dirname, 'yardsticks', `${name}.ts`), args, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`The yardstick ${name} ended.`)))
  failed.catch(() => {})
  const next = async (): Promise<unknown> => (await Promise.race([once(child, 'message'), failed]))[0]
  const ready = (await next()) as Ready // its own first word
  return {
    ready,
    async ask<Answer>(question: object = {}) {
      const answer = next()
      child.send(question)
      return (await answer) as Answer // its own answer
    },
    async stop() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
