import type { AuditEvent } from '@crosswalk/client'
import { AppLink } from '../elements/app-link.tsx'
import { paths } from '../paths.ts'

type Target = AuditEvent['target']

/** What people call each kind of thing. */
const kinds: Record<string, string> = {
  batch: 'Batch',
  config: 'Config value',
  execution: 'Execution',
  integration_mapping: 'Mapping',
  master_key: 'Master key',
  organization: 'Organization',
  organization_field: 'Custom field',
  schedule: 'Schedule',
  secret: 'Secret',
  session: 'Session',
  sign_in_settings: 'How people sign in',
  sign_in_token: 'Sign-in link',
  workflow: 'Workflow',
}

export function kindOfTarget(type: string): string {
  const words = type.replaceAll('_', ' ')
  return kinds[type] ?? words.slice(0, 1).toUpperCase() + words.slice(1)
}

const textOf = (target: Target, key: string) => (typeof target[key] === 'string' ? target[key] : undefined)

/** What people call the thing; nothing where only its id is known, which tells nobody anything. */
function nameOf(target: Target): string {
  const isKnownById = ['workflow', 'schedule', 'secret', 'config'].includes(target.type)
  return textOf(target, 'name') ?? (isKnownById ? target.id : '')
}

/** Where the thing is now; undefined where it has no page. */
function pathOf({ target, org_id: orgId }: AuditEvent): string | undefined {
  const { type, id } = target
  if (type === 'integration_mapping') return orgId === null ? undefined : paths.organizationMappings(orgId, { mapping: id, show: 'all' })
  if (type === 'organization') return paths.organization(id)
  if (type === 'workflow') return paths.workflow(id)
  if (type === 'schedule') return paths.schedules({ edit: id })
  if (type === 'execution') return paths.execution(id)
  if (type === 'batch') return paths.batch(id)
  if (type === 'integration') return paths.integration(id)
  if (type === 'role') return paths.roles({ edit: id })
  if (type === 'organization_field') return paths.organizationFields({ edit: id })
  if (type === 'sign_in_settings') return paths.signInSettings()
  if (type === 'secret' || type === 'config')
    return orgId === null ? paths.values({ key: id }) : paths.organizationValues(orgId, { key: id })
  return undefined
}

/** What it was done to, with the way to it. */
export function AuditTarget({ event }: { event: AuditEvent }) {
  const { target } = event
  const name = nameOf(target)
  const words = `${kindOfTarget(target.type)}${name === '' ? '' : ` ${name}`}`
  const path = pathOf(event)
  return <span className="wrap-anywhere">{path === undefined ? words : <AppLink to={path}>{words}</AppLink>}</span>
}

/** The execution or the batch that came of it, where one did. */
export function AuditOutcome({ event: { target } }: { event: AuditEvent }) {
  const executionId = textOf(target, 'execution_id')
  const batchId = textOf(target, 'batch_id')
  if (executionId !== undefined) return <AppLink to={paths.execution(executionId)}>Open the execution</AppLink>
  return batchId === undefined ? null : <AppLink to={paths.batch(batchId)}>Open the batch</AppLink>
}
