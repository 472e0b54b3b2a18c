import { failureReason, isCrosswalkError } from '@crosswalk/sdk'

/** What repairs a refusal of Microsoft's login. */
export type Repair =
  /** An administrator of the tenant opens the consent link. */
  | 'consent'
  /** The partner's user signs in again, and the refresh token is stored again. */
  | 'sign_in'
  /** A new client secret is made and stored. */
  | 'secret'
  /** A setting of ours is wrong. */
  | 'setting'
  /** Something in the tenant or in the relationship has to change. */
  | 'tenant'

type Known = { problem: string; remedy: string; repair: Repair }

const signIn =
  "Sign in again as the partner's user, with multi-factor authentication, and store the new refresh token as microsoft_graph_refresh_token."

const otherCloud =
  'A tenant of a national cloud (US Government, China) is known there alone: it needs an app and a partner tenant of that cloud, with microsoft_graph_login_url and microsoft_graph_api_url set for that organization.'

/** The codes of Microsoft's login that a partner meets, and what to do about each. */
const codes: Record<string, Known> = {
  AADSTS65001: {
    problem: 'Nobody has consented to the app in this tenant.',
    remedy: 'Open the consent link as an administrator of the tenant, or consent for it with your partner account.',
    repair: 'consent',
  },
  AADSTS700016: {
    problem: 'The app is not known in this tenant.',
    remedy:
      'Open the consent link as an administrator of the tenant: that adds the app. Where it is known in other tenants, check that the id of the tenant is right.',
    repair: 'consent',
  },
  AADSTS7000112: {
    problem: 'The app is switched off in this tenant.',
    remedy: 'Ask an administrator of the tenant to allow sign-in for the app under Enterprise applications.',
    repair: 'tenant',
  },
  AADSTS50076: {
    problem: 'The tenant wants multi-factor authentication, and the stored sign-in had none.',
    remedy: signIn,
    repair: 'sign_in',
  },
  AADSTS50079: {
    problem: "The partner's user has to set up multi-factor authentication.",
    remedy: signIn,
    repair: 'sign_in',
  },
  AADSTS50173: {
    problem: "The sign-in was revoked, for instance because the password of the partner's user was changed.",
    remedy: signIn,
    repair: 'sign_in',
  },
  AADSTS700082: { problem: 'The refresh token was not used for too long, and has expired.', remedy: signIn, repair: 'sign_in' },
  AADSTS70008: { problem: 'The refresh token has expired.', remedy: signIn, repair: 'sign_in' },
  AADSTS53003: {
    problem: "A conditional access policy blocks the partner's user.",
    remedy: 'Ask an administrator of the tenant to leave out service providers from the policy, or sign in from an allowed place.',
    repair: 'tenant',
  },
  AADSTS50020: {
    problem: "The partner's user has no access to this tenant.",
    remedy: 'Check that the GDAP relationship is active, and that the user is in a security group with roles in it.',
    repair: 'tenant',
  },
  AADSTS90002: {
    problem: 'There is no such tenant.',
    remedy: `Check the id of the tenant in the mapping, and microsoft_graph_tenant_id. A customer may have closed the tenant. ${otherCloud}`,
    repair: 'setting',
  },
  AADSTS900382: { problem: 'The tenant is in another cloud of Microsoft than the app.', remedy: otherCloud, repair: 'setting' },
  AADSTS900439: { problem: 'The tenant is in another cloud of Microsoft than the app.', remedy: otherCloud, repair: 'setting' },
  AADSTS7000215: {
    problem: 'The client secret is wrong.',
    remedy: 'Store the value of the secret as microsoft_graph_client_secret, not its id.',
    repair: 'secret',
  },
  AADSTS7000222: {
    problem: 'The client secret has expired.',
    remedy: 'Make a new client secret for the app, and store its value as microsoft_graph_client_secret.',
    repair: 'secret',
  },
}

/** Refusals without a code that is known above. */
const byOAuthError: Record<string, Known> = {
  invalid_grant: { problem: 'Microsoft does not accept the refresh token.', remedy: signIn, repair: 'sign_in' },
  invalid_client: {
    problem: "Microsoft does not accept the app's credentials.",
    remedy: 'Check microsoft_graph_client_id and microsoft_graph_client_secret.',
    repair: 'secret',
  },
}

/** A refusal of Microsoft's login, in words. */
export type LoginRefusal = Known & { /** `AADSTS65001`; null where it named none. */ code: string | null }

/** What the login has refused; undefined where the error is another. */
export function loginRefusalOf(error: unknown): LoginRefusal | undefined {
  const said = failureReason(error)
  const code = /AADSTS\d+/.exec(said)?.[0]
  const known = code === undefined ? undefined : codes[code]
  if (known) return { ...known, code: code ?? null }
  const grant = /\b(invalid_grant|invalid_client)\b/.exec(said)?.[0]
  // AADSTS70000, 9002313 and more of the same: the code is Microsoft's, and the grant is what is wrong.
  const isOfToken = code !== undefined && isCrosswalkError(error, 'vendor_error') && error.details.kind === 'credentials'
  const other = byOAuthError[grant ?? ''] ?? (isOfToken ? { ...byOAuthError.invalid_grant, ...refusedBy(code) } : undefined)
  return other?.problem === undefined ? undefined : ({ ...other, code: code ?? null } as LoginRefusal) // problem is there, so all is
}

function refusedBy(code: string): Known {
  return {
    problem: `Microsoft's login refuses with ${code}.`,
    remedy: `Look the code up at https://login.microsoftonline.com/error?code=${code.replace('AADSTS', '')}, and check the app's credentials.`,
    repair: 'tenant',
  }
}
