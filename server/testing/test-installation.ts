import { fileURLToPath } from 'node:url'
import { publishDefinitions } from '../src/definitions/definitions.ts'
import { startWorkerHost } from '../src/engine/dispatch/worker-host.ts'
import { RunnerPool } from '../src/engine/runners/runner-pool.ts'
import { endHandlers, hostRequests, pauses, publishedHooks } from '../src/processes/slices.ts'
import { openVendorCalls } from '../src/processes/vendor-calls.ts'
import { stepSealer } from '../src/values/secrets/step-sealer.ts'
import { givenGateway } from './given-gateway.ts'
import { runnerCacheFolder } from './runner-cache.ts'
import { createTestApp, type TestApp, testAdminKey, testLogger } from './test-app.ts'

/** The workspace that ships with the repository. */
export const shippedWorkspace = fileURLToPath(new URL('../../workspace', import.meta.url))

type Answer = {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any answer's JSON and asserts what it needs of it
  body: any
}

export type TestInstallation = {
  api: TestApp
  /** Calls the API as its administrator. */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    payload?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
} & AsyncDisposable

/** API, worker and runners on a database of their own, put together as the processes do it. One for each test file. */
export async function startTestInstallation(workspace = shippedWorkspace): Promise<TestInstallation> {
  const api = await createTestApp({ fetchOutside: (request) => gateway.fetch(request) })
  const gateway = givenGateway({
    onExchanges: (exchanges) => vendorCalls.calls.heard(exchanges),
    onUnsent: (exchanges) => vendorCalls.calls.unsent(exchanges),
    onLost: () => vendorCalls.calls.gatewayLost(),
  })
  const { db, notifications, keyring } = api
  const vendorCalls = openVendorCalls({ db, notifications, keyring, gateway, logger: testLogger, renewalDays: 7 })
  const pool = new RunnerPool({
    workspace,
    logger: testLogger,
    maxHeapMb: 256,
    stallMs: 5_000,
    loadTimeoutMs: 20_000,
    gateway,
    sessionsPerRunner: 16,
    maxRunners: 2,
    cacheFolder: runnerCacheFolder,
    executionsPerRunner: 10_000,
  })
  const loaded = await pool.reload()
  const host = await startWorkerHost({
    db: api.db,
    notifications: api.notifications,
    pool,
    logger: testLogger,
    requests: hostRequests({ keyring, vendorCalls: vendorCalls.calls }),
    endHandlers,
    pauses,
    sealer: stepSealer(api.keyring),
    maxConcurrent: 32,
    leaseMs: 15_000,
    graceMs: 4_000,
    onLeaseLost() {},
  })
  await publishDefinitions(api.db, loaded, publishedHooks)
  await host.setWorkspace(loaded)
  host.begin()
  return {
    api,
    async call(method, url, payload, headers = {}) {
      const answer = await api.app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${testAdminKey}`, ...headers },
        ...(payload === undefined ? {} : { payload: payload as object }),
      })
      return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() }
    },
    async [Symbol.asyncDispose]() {
      await host.close(2_000)
      await vendorCalls.close()
      await api[Symbol.asyncDispose]()
    },
  }
}
