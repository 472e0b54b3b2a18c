import { asNamed, limitedScopes, offered, type Principal, scopeOf } from '../access/principal.ts'
import { type DataProviderDefinition, isUsable, listDefinitions, type WorkflowDefinition } from '../definitions/definitions.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import { DomainError, defineErrors } from '../platform/errors.ts'
import type { JsonObject } from '../protocol/json.ts'

export const formError = defineErrors({
  form_not_found: {
    status: 404,
    message: 'There is no such form for you. It may not be offered any more: open your forms again.',
    hidesOthers: true,
  },
  form_not_available: {
    status: 409,
    message: 'This form cannot be used at the moment. Try again later, or tell those who look after your systems.',
  },
  form_options_unavailable: {
    status: 502,
    message: 'What there is to choose from could not be loaded. Try again in a moment, or tell those who look after your systems.',
  },
  submission_not_found: { status: 404, message: 'There is no such request of yours. It may be too old to be kept.', hidesOthers: true },
})

/** A workflow that grants offer somebody by its name. `principal` has nothing but these grants. */
export type Form = { workflow: WorkflowDefinition; principal: Principal; scope: Scope; dataProviders: DataProviderDefinition[] }

/**
 * Somebody with what authors offer to all customers. Without it, grants that name no workflow offer none: a new one would be open to all
 * customers by itself.
 */
export async function withOffers(db: Database, principal: Principal): Promise<Principal> {
  return offersOf(principal, await listDefinitions(db, 'workflow'))
}

function offersOf(principal: Principal, workflows: readonly WorkflowDefinition[]): Principal {
  return offered(
    principal,
    workflows.filter(({ offeredTo }) => offeredTo === 'customers').map(({ name }) => name),
  )
}

/** The workflows that are offered to somebody by their names. */
function namesOffered(principal: Principal): Set<string> {
  return new Set(limitedScopes(principal, 'workflow', 'canSubmitForms').flatMap(({ names }) => names))
}

/** The data providers that fields of a schema name. */
export function dataProvidersIn(schema: unknown): Set<string> {
  if (typeof schema !== 'object' || schema === null) return new Set()
  const own = !Array.isArray(schema) && 'dataProvider' in schema && typeof schema.dataProvider === 'string' ? [schema.dataProvider] : []
  return new Set([...own, ...Object.values(schema).flatMap((part) => [...dataProvidersIn(part)])])
}

/** The names of the fields that a data provider's options depend on. */
export function fieldsAskedBy({ parametersSchema: { properties } }: { parametersSchema: JsonObject }): string[] {
  return typeof properties === 'object' && properties !== null && !Array.isArray(properties) ? Object.keys(properties) : []
}

/** The forms of somebody, by name. A workflow that does not load is not offered. */
export async function listForms(db: Database, asker: Principal): Promise<Form[]> {
  const workflows = await listDefinitions(db, 'workflow')
  const principal = offersOf(asker, workflows)
  const names = namesOffered(principal)
  if (names.size === 0) return []
  const providers = await listDefinitions(db, 'data_provider')
  return workflows
    .filter((workflow) => names.has(workflow.name) && isUsable(workflow))
    .map((workflow) => {
      const own = asNamed(principal, workflow.name)
      const asked = dataProvidersIn(workflow.parametersSchema)
      return { workflow, principal: own, scope: scopeOf(own), dataProviders: providers.filter(({ name }) => asked.has(name)) }
    })
}

/** @throws form_not_found - also of a workflow that there is, but that nobody offers them. */
export async function getForm(db: Database, principal: Principal, name: string): Promise<Form> {
  const form = (await listForms(db, principal)).find(({ workflow }) => workflow.name === name)
  if (!form) throw formError('form_not_found', { form_id: name })
  return form
}

/** Failures that say how the installation is built: those who get a form are told that it does not work now. */
const inside: Record<string, 'form_not_available' | 'form_options_unavailable'> = {
  definition_not_loaded: 'form_not_available',
  workflow_not_found: 'form_not_available',
  data_provider_not_found: 'form_not_available',
  integration_not_found: 'form_not_available',
  integration_switched_off: 'form_not_available',
  data_provider_failed: 'form_options_unavailable',
}

/** Does what a form asks for, and tells of its failures what a customer's user can do something with. */
export async function asForm<Done>(log: { warn(details: object, sentence: string): void }, act: () => Promise<Done>): Promise<Done> {
  try {
    return await act()
  } catch (error) {
    const code = error instanceof DomainError ? inside[error.code] : undefined
    if (code === undefined || !(error instanceof DomainError)) throw error
    log.warn({ code: error.code, reason: error.message }, 'a form does not work')
    throw formError(code)
  }
}
