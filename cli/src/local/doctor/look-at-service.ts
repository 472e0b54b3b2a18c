import {
  type CallOptions,
  getHealth,
  getReadiness,
  isApiError,
  listDataProviders,
  listIntegrations,
  listWorkflows,
} from '@crosswalk/client'
import { readRunning } from '@crosswalk/server/data-directory'
import type { ServerFacts } from './service.checks.ts'

const patienceMs = 3_000

export async function lookAtServer(url: string, dataDir: string): Promise<ServerFacts> {
  const said = (await readRunning(dataDir)) ?? null
  const answers = await getHealth({ connection: { baseUrl: url }, signal: AbortSignal.timeout(patienceMs) }).then(
    () => true,
    () => false,
  )
  return { url, said, answers }
}

type WorkerChecks = { worker: string; sandbox: string; layers: string[] }
type Readiness = { checks: { worker: string; sandbox: string }; author_code?: { host: string; layers: string }[] }

/**
 * What `/readyz` says of the workers: `ok`, or what is wrong. Undefined where nobody answers.
 *
 * @param call with the key that is known here: by a name that is not this machine's own, sentences are for those who show one
 */
export async function lookAtWorker(url: string, call: CallOptions): Promise<WorkerChecks | undefined> {
  return (call.connection && (await askForWorker(call))) ?? (await askForWorker({ connection: { baseUrl: url } }))
}

async function askForWorker(call: CallOptions): Promise<WorkerChecks | undefined> {
  try {
    return checksOf(await getReadiness({ ...call, signal: AbortSignal.timeout(patienceMs) }))
  } catch (error) {
    // Not being ready is answered with 503, and the same body.
    const { checks, author_code } = isApiError(error, 'unexpected_answer') ? (error.details as Partial<Readiness>) : {}
    return checks && checksOf({ checks, ...(author_code ? { author_code } : {}) })
  }
}

const checksOf = ({ checks: { worker, sandbox }, author_code = [] }: Readiness): WorkerChecks => ({
  worker,
  sandbox,
  layers: author_code.map(({ host, layers }) => `on ${host}: ${layers}`),
})

/** The files of the workspace that were not loaded. Undefined where that cannot be asked. */
export async function lookAtWorkspace(call: CallOptions): Promise<{ file: string; reason: string }[] | undefined> {
  try {
    const answers = await Promise.all([
      listIntegrations({ limit: 1 }, call),
      listWorkflows({ limit: 1 }, call),
      listDataProviders({ limit: 1 }, call),
    ])
    const problems = new Map(answers.flatMap(({ problems }) => problems).map((problem) => [`${problem.file}\n${problem.reason}`, problem]))
    return [...problems.values()]
  } catch {
    return undefined
  }
}
