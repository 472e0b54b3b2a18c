import type { Installation } from './installation.ts'
import { type Answers, load } from './load.ts'

const order = { workflow_name: 'one_step', parameters: { number: 21 } }

/** Makes a load of executions of one step, each asked for and awaited over HTTP. @throws Error where one does not run */
export async function oneStepLoad(platform: Installation): Promise<(connections: number, durationMs: number) => Promise<Answers>> {
  const { id } = await platform.call<{ id: string }>('POST', '/api/organizations', { name: 'Executions' })
  const headers = { 'x-organization-id': id }
  const probe = await platform.call<{ status: string; result: { doubled: number } }>('POST', '/api/workflows/execute', order, headers)
  if (probe.status !== 'success' || probe.result.doubled !== 42)
    throw new Error(`The workflow of the bench did not run: ${JSON.stringify(probe)}`)
  return (connections, durationMs) =>
    load({
      url: platform.url,
      connections,
      durationMs,
      headers: { ...platform.headers, ...headers, 'content-type': 'application/json' },
      requests: () => [{ method: 'POST', path: '/api/workflows/execute', body: JSON.stringify(order) }],
    })
}
