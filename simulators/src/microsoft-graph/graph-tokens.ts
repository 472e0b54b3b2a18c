import { answer, type VendorAnswer, type VendorRequest } from '@crosswalk/sdk/testing'
import { formOf } from '../kit/tokens.ts'
import type { Tenant } from './graph-tenants.ts'

/** The app that the partner has registered, and the refresh token of the partner's user. */
export type PartnerApp = { readonly clientId: string; readonly clientSecret: string; readonly refreshToken: string }

/** Whose a token is. */
export type TokenOwner = { readonly tenantId: string; readonly kind: 'application' | 'delegated' }

export type TokenDesk = {
  app: PartnerApp
  /** By tenant id or by a domain of the tenant. */
  tenantOf: (reference: string) => Tenant | undefined
  issue: (owner: TokenOwner) => string
  lifetimeSeconds: number
}

export function isForToken({ path }: VendorRequest): boolean {
  return path.endsWith('/oauth2/v2.0/token')
}

/** Answers `POST /{tenant}/oauth2/v2.0/token` as the login of Microsoft does, with its errors. */
export function answerToken(request: VendorRequest, { app, tenantOf, issue, lifetimeSeconds }: TokenDesk): VendorAnswer {
  const fields = formOf(request)
  const reference = request.params.tenant ?? ''
  const tenant = tenantOf(reference)
  const grant = fields.get('grant_type')
  const isApplication = grant === 'client_credentials'
  if (!isApplication && grant !== 'refresh_token') {
    return refusal(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`)
  }
  if (!tenant) {
    return refusal(
      400,
      'invalid_request',
      90002,
      `Tenant '${reference}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
    )
  }
  const scope = fields.get('scope') ?? ''
  if (!/\/\.default( |$)/.test(scope)) return refusal(400, 'invalid_scope', 1002012, `The provided value for scope ${scope} is not valid.`)
  const clientId = fields.get('client_id') ?? ''
  if (clientId !== app.clientId || (isApplication && tenant.application === 'unknown')) return unknownApp(clientId, tenant.name)
  if (fields.get('client_secret') !== app.clientSecret) return wrongSecret(clientId)
  const refused = isApplication ? undefined : refusedUser(tenant, fields, app)
  if (refused) return refused
  const kind = isApplication ? 'application' : 'delegated'
  return answer(200, {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: issue({ tenantId: tenant.id, kind }),
    // The same again: what the login rotates may be used for as long as the new one.
    ...(isApplication ? {} : { scope, refresh_token: app.refreshToken }),
  })
}

export function wrongSecret(clientId: string): VendorAnswer {
  return refusal(
    401,
    'invalid_client',
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  )
}

function unknownApp(clientId: string, directory: string): VendorAnswer {
  return refusal(
    400,
    'unauthorized_client',
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${directory}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
  )
}

function refusedUser({ delegated }: Tenant, fields: URLSearchParams, app: PartnerApp): VendorAnswer | undefined {
  if (fields.get('refresh_token') !== app.refreshToken)
    return refusal(400, 'invalid_grant', 9002313, 'Invalid request. Request is malformed or invalid.')
  switch (delegated) {
    case 'granted':
      return undefined
    case 'not_granted':
      return refusal(
        400,
        'invalid_grant',
        65001,
        `The user or administrator has not consented to use the application with ID '${app.clientId}' named 'Crosswalk'. Send an interactive authorization request for this user and resource.`,
        'consent_required',
      )
    case 'needs_mfa':
      return refusal(
        400,
        'invalid_grant',
        50076,
        'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.',
        'basic_action',
      )
    case 'expired':
      return refusal(
        400,
        'invalid_grant',
        700082,
        'The refresh token has expired due to inactivity. The token was issued on 2026-05-02T09:12:44Z and was inactive for 90.00:00:00.',
      )
  }
}

function refusal(status: number, error: string, code: number, sentence: string, suberror?: string): VendorAnswer {
  const trace = '62a6c9ea-65ca-40af-a78d-a2a008abda00'
  return answer(status, {
    error,
    error_description: `AADSTS${code}: ${sentence} Trace ID: ${trace} Correlation ID: ${trace} Timestamp: 2026-11-28 09:00:00Z`,
    error_codes: [code],
    timestamp: '2026-11-28 09:00:00Z',
    trace_id: trace,
    correlation_id: trace,
    ...(suberror === undefined ? {} : { suberror }),
  })
}
