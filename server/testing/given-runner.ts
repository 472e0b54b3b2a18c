import { fileURLToPath } from 'node:url'
import { Mask } from '@crosswalk/sdk/masking'
import { RunnerPool } from '../src/engine/runners/runner-pool.ts'
import type { RunnerLoss } from '../src/engine/runners/session-listener.ts'
import type { Gateway } from '../src/gateway/gateway.ts'
import type { ChannelOutcome, RunOrder } from '../src/protocol/channel.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { runnerCacheFolder } from './runner-cache.ts'
import { testLogger } from './test-app.ts'

/** Author code that uses the network in every way. */
export const networkWorkspace = fileURLToPath(new URL('./network-workspace', import.meta.url))

type Ended = { outcome: ChannelOutcome } | { loss: RunnerLoss }
type Given = { gateway: Gateway; workspace?: string; maxHeapMb?: number }

/** Real runners without a database: what they run has no steps and asks for nothing. */
export async function givenRunners({ gateway, workspace = networkWorkspace, maxHeapMb = 128 }: Given) {
  const pool = new RunnerPool({
    workspace,
    logger: testLogger,
    maxHeapMb,
    stallMs: 20_000,
    loadTimeoutMs: 20_000,
    sessionsPerRunner: 16,
    maxRunners: 1,
    executionsPerRunner: 1_000,
    cacheFolder: runnerCacheFolder,
    gateway,
  })
  const loaded = await pool.reload()
  let count = 0
  const start = (name: string, parameters: JsonObject = {}, order: Partial<RunOrder> = {}) => {
    const ended = Promise.withResolvers<Ended>()
    const lines: string[] = []
    const session = pool.open(
      {
        kind: 'workflow',
        name,
        executionId: `execution-${count++}`,
        organization: null,
        caller: { type: 'system', id: 'test', name: 'Test' },
        input: { parameters },
        ...order,
      },
      {
        onMessage(message) {
          if (message.type === 'ended') ended.resolve({ outcome: message.outcome })
          else if (message.type === 'log') lines.push(message.message)
        },
        onLost: (loss) => ended.resolve({ loss }),
        mask: new Mask(),
      },
      false,
    )
    void ended.promise.then(async () => (await session).close())
    return { ended: ended.promise, session, lines }
  }
  return {
    pool,
    loaded,
    start,
    /** Runs a workflow to its end. @throws what it ended with, as it is told */
    // biome-ignore lint/suspicious/noExplicitAny: a test reads any result and asserts what it needs of it
    async run(name: string, parameters: JsonObject = {}, order: Partial<RunOrder> = {}): Promise<any> {
      const ended = await start(name, parameters, order).ended
      if ('loss' in ended) throw new Error(`The runner was lost: ${ended.loss}`)
      if (ended.outcome.ok) return ended.outcome.value
      throw Object.assign(new Error(ended.outcome.error.message), ended.outcome.error)
    },
    [Symbol.asyncDispose]: () => pool.close(),
  }
}
