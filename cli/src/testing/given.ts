import type { ExecutedWorkflow, LogLine, Organization } from '@crosswalk/client'
import type { StubServer } from './stub-server.ts'

export const acmeId = '01890000-0000-7000-8000-00000000000a'
export const executionId = '01890000-0000-7000-8000-0000000000e1'

export function givenOrganization(name: string, more: Partial<Organization> = {}): Organization {
  const at = '2025-10-11T10:00:00.123Z'
  return {
    id: acmeId,
    name,
    domains: [],
    tenant_id: null,
    tags: [],
    fields: {},
    is_active: true,
    created_at: at,
    updated_at: at,
    etag: '"a"',
    ...more,
  }
}

/** Answers lists of organizations as the server does: by part of the name. */
export function givenOrganizations(server: StubServer, organizations: Organization[]): void {
  server.on('GET /api/organizations', (request) => {
    const found = organizations.filter(({ name }) => name.toLowerCase().includes((request.query.search ?? '').toLowerCase()))
    return { body: { organizations: found, count: found.length, next_cursor: null } }
  })
}

export function givenExecuted(more: Partial<ExecutedWorkflow> = {}): ExecutedWorkflow {
  return {
    execution_id: executionId,
    workflow_name: 'sync_users',
    status: 'pending',
    result: null,
    error: null,
    duration_ms: null,
    started_at: null,
    completed_at: null,
    ...more,
  }
}

export function givenLine(sequence: number, message: string): LogLine {
  return { sequence, timestamp: '2025-10-11T10:00:00.123Z', level: 'info', message, data: null }
}

export function asEvent(event: string, data: unknown, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Where the CLI finds a stub. */
export function pointingTo(server: StubServer): { env: NodeJS.ProcessEnv } {
  return { env: { CROSSWALK_URL: server.url, CROSSWALK_API_KEY: 'stub-key' } }
}
