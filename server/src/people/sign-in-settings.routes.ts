import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { grantFields, grantView } from '../access/grants.ts'
import type { Principal } from '../access/principal.ts'
import { requireAllOrganizations } from '../access/reach.ts'
import type { Route } from '../platform/http/http.ts'
import { lineOfText } from '../platform/http/text.ts'
import { readPlatformSecret } from '../values/secrets/platform-secrets.ts'
import { SecretText } from '../values/secrets/secret-text.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { secondFactorRules } from './sign-in-setting.ts'
import { findSettings } from './sign-in-settings.queries.ts'
import { saveSignInSettings } from './sign-in-settings.ts'
import { callbackUrlOf } from './single-sign-on.ts'
import { testProvider } from './single-sign-on-test.ts'

const issuer = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .describe('How the provider calls itself: `https://login.microsoftonline.com/<tenant>/v2.0`.')
const clientId = lineOfText(300)
const clientSecret = z.string().min(1).max(2_000).optional().describe('Write-only. Left out, the one that is set stays.')
const grants = z.array(grantFields).max(50)

const singleSignOnBody = z.strictObject({
  name: lineOfText(100).describe('What the button says: `Sign in with …`.'),
  issuer,
  client_id: clientId,
  client_secret: clientSecret,
  groups_claim: lineOfText(100).default('groups'),
  group_grants: z
    .array(z.strictObject({ group: lineOfText(300), grants }))
    .max(200)
    .default([]),
  default_grants: grants.default([]).describe('What everyone gets who comes from there.'),
  creates_people: z.boolean().default(false).describe('True: who has no account here gets one at their first sign-in.'),
  trusts_addresses: z
    .boolean()
    .default(false)
    .describe(
      'True: its e-mail addresses are taken as they are, as those of Entra ID have to be. Only for a provider where nobody chooses their own.',
    ),
  manages_grants: z.boolean().default(false).describe('True: groups decide at each sign-in, and not only at the first.'),
  is_only: z.boolean().default(false).describe('True: nobody signs in with a password. The administrator key still does.'),
})
const settingsBody = z.strictObject({ second_factor: z.enum(secondFactorRules), single_sign_on: singleSignOnBody.nullable() })

const settingsView = z
  .object({
    second_factor: z.enum(secondFactorRules).describe('Of whom a second factor is asked where they sign in with a password.'),
    single_sign_on: z
      .object({
        name: z.string(),
        issuer: z.string(),
        client_id: z.string(),
        has_client_secret: z.boolean(),
        groups_claim: z.string(),
        group_grants: z.array(z.object({ group: z.string(), grants: z.array(grantView) })),
        default_grants: z.array(grantView),
        creates_people: z.boolean(),
        trusts_addresses: z.boolean(),
        manages_grants: z.boolean(),
        is_only: z.boolean(),
      })
      .nullable(),
    redirect_uri: z.string().describe('What the provider must be told: where people come back to, by the name that you called this by.'),
  })
  .meta({ id: 'SignInSettings' })

function requireAll(principal: Principal): void {
  requireAllOrganizations(principal, 'How people sign in is of the whole installation. It needs canManagePeople for all organizations.')
}

/** `/api/sign-in-settings`: second factors, and single sign-on. */
export function signInSettingsRoutes({ people }: { people: PeopleRuntime }): Route[] {
  const viewFor = async (headers: Parameters<typeof callbackUrlOf>[0]): Promise<z.input<typeof settingsView>> => {
    const { secondFactor, singleSignOn } = await findSettings(people.db)
    const has_client_secret = (await readPlatformSecret(people, 'single_sign_on')) !== undefined
    return {
      second_factor: secondFactor,
      single_sign_on: singleSignOn && { ...singleSignOn, has_client_secret },
      redirect_uri: callbackUrlOf(headers),
    }
  }
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/sign-in-settings',
      operationId: 'getSignInSettings',
      tag: 'People',
      summary: 'Read how people may sign in',
      permission: 'canManagePeople',
      audit: { none: 'reads only' },
      responses: { 200: settingsView },
      errors: [],
      async handler({ principal, headers }) {
        requireAll(principal)
        return { status: 200, body: await viewFor(headers) }
      },
    }),
    definePrincipalRoute({
      method: 'PUT',
      path: '/sign-in-settings',
      operationId: 'setSignInSettings',
      tag: 'People',
      summary: 'Set how people may sign in',
      description: 'Takes an administrator of all organizations: the one who says who somebody is can be anybody.',
      permission: 'canManagePeople',
      needsProof: true,
      audit: { action: 'sign_in_settings.updated' },
      body: settingsBody,
      responses: { 200: settingsView },
      errors: ['last_administrator'],
      async handler(request) {
        requireAll(request.principal)
        const { second_factor: secondFactor, single_sign_on: given } = request.body
        const { client_secret: secret, ...singleSignOn } = given ?? { client_secret: undefined }
        const wanted = { secondFactor, singleSignOn: given && (singleSignOn as Omit<NonNullable<typeof given>, 'client_secret'>) } // without its secret
        await saveSignInSettings(people, { principal: request.principal, acting: actingOf(request) }, wanted, secret)
        return { status: 200, body: await viewFor(request.headers) }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/sign-in-settings/test',
      operationId: 'testSingleSignOn',
      tag: 'People',
      summary: 'Test a single sign-on before it is set',
      description: 'Looks for the provider, and whether it takes the client and its secret. Nobody is signed in by it.',
      permission: 'canManagePeople',
      audit: { none: 'changes nothing' },
      body: z.strictObject({ issuer, client_id: clientId, client_secret: clientSecret }),
      responses: { 200: z.object({ success: z.boolean(), message: z.string() }) },
      errors: [],
      async handler({ principal, body, headers }) {
        requireAll(principal)
        const kept = await readPlatformSecret(people, 'single_sign_on')
        const secret = body.client_secret === undefined ? kept : new SecretText(body.client_secret)
        return {
          status: 200,
          body: await testProvider({ issuer: body.issuer, clientId: body.client_id, secret, redirectUri: callbackUrlOf(headers) }),
        }
      },
    }),
  ]
}
