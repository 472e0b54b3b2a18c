/** Calls the API; throws an error with the API's message, code and details. */
// biome-ignore lint/suspicious/noExplicitAny: the demo shows plain JSON, as a reader with curl would see it
export type DemoApi = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<any>

type DemoState = { vendorUrl: string; vendorKey: string; organizationId?: string; mappingId?: string; executionId?: string }

type DemoStep = { title: string; run(call: DemoApi, state: DemoState): Promise<string> }

const organizations = ['Acme Corporation', 'Wayne Enterprises Inc.']

/** The organization of that name, made where there is none yet: the demo can be run again on what it left. */
async function ensureOrganization(call: DemoApi, name: string): Promise<string> {
  const { organizations: found } = await call('GET', `/api/organizations?search=${encodeURIComponent(name)}&limit=200`)
  const existing = found.find((organization: { name: string; is_active: boolean }) => organization.name === name && organization.is_active)
  return (existing ?? (await call('POST', '/api/organizations', { name }))).id
}

/** The quickstart, step by step. Each says what it saw. */
export const demoSteps: readonly DemoStep[] = [
  {
    title: 'Store the vendor’s API key as a global secret',
    async run(call, state) {
      const secret = await call('POST', '/api/secrets', { key: 'myintegration_api_key', value: state.vendorKey, scope: 'global' })
      return `${secret.key}, ${secret.scope}; the value never comes back`
    },
  },
  {
    title: 'Set the vendor’s address in the config',
    async run(call, state) {
      const config = await call('PUT', '/api/config/myintegration_api_url', { value: state.vendorUrl, scope: 'global' })
      return `${config.key} = ${config.value}`
    },
  },
  {
    title: 'Create organizations',
    async run(call, state) {
      const ids: string[] = []
      for (const name of organizations) ids.push(await ensureOrganization(call, name))
      state.organizationId = ids[0] as string
      return organizations.map((name, index) => `${name}  ${ids[index]}`).join('\n')
    },
  },
  {
    title: 'Discover the vendor’s organizations',
    async run(call, state) {
      const discovery = await call('GET', `/api/integrations/myintegration/discover?orgId=${state.organizationId}&refresh=true`)
      const expected = ['12345', '67890']
      const ids = discovery.organizations.map((organization: { id: string }) => organization.id)
      if (!expected.every((id) => ids.includes(id)))
        throw new Error(`Expected the external organizations ${expected.join(' and ')}, got ${ids.join(', ') || 'none'}.`)
      return discovery.organizations
        .map(
          (organization: { id: string; name: string; metadata: object }) =>
            `${organization.id}  ${organization.name}  ${JSON.stringify(organization.metadata)}`,
        )
        .join('\n')
    },
  },
  {
    title: 'Map Acme Corporation to “Acme Corp”',
    async run(call, state) {
      const path = `/api/organizations/${state.organizationId}/integrations`
      const mapping = await call('POST', path, {
        integration_name: 'myintegration',
        external_org_id: '12345',
        external_org_name: 'Acme Corp',
      }).catch(async (error) => {
        if (error.code !== 'mapping_exists') throw error
        return call('GET', `${path}/${error.details.mapping_id}`)
      })
      state.mappingId = mapping.id
      return `${mapping.external_org_name} (${mapping.external_org_id}) is mapping ${mapping.id}`
    },
  },
  {
    title: 'Test the connection',
    async run(call, state) {
      const test = await call('POST', `/api/organizations/${state.organizationId}/integrations/${state.mappingId}/test`)
      if (!test.success) throw new Error(test.message)
      return test.message
    },
  },
  {
    title: 'Run the workflow sync_users',
    async run(call, state) {
      const execution = await call(
        'POST',
        '/api/workflows/execute',
        { workflow_name: 'sync_users', parameters: {} },
        { 'X-Organization-Id': state.organizationId as string },
      )
      state.executionId = execution.execution_id
      if (execution.status !== 'success') throw new Error(execution.error?.message ?? `The execution has the status ${execution.status}.`)
      return `${execution.status} in ${execution.duration_ms} ms: ${JSON.stringify(execution.result)}`
    },
  },
  {
    title: 'Read its log',
    async run(call, state) {
      const { logs } = await call('GET', `/api/executions/${state.executionId}/logs`)
      if (logs.length === 0) throw new Error('The execution has no log lines.')
      return logs
        .map(
          (line: { timestamp: string; level: string; message: string }) =>
            `${line.timestamp.slice(11, 23)} ${line.level.padEnd(5)} ${line.message}`,
        )
        .join('\n')
    },
  },
]
