import { passkey } from '@better-auth/passkey'
import { betterAuth } from 'better-auth'
import { APIError, isAPIError } from 'better-auth/api'
import { type GenericOAuthConfig, genericOAuth } from 'better-auth/plugins/generic-oauth'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { Database } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import type { SecretText } from '../values/secrets/secret-text.ts'
import { hashPassword, isPasswordOf } from './password-hash.ts'
import { maxPasswordLength, minPasswordLength } from './passwords.ts'
import { mayOpenSession } from './people.queries.ts'
import { addressHeader, cookiePrefixOf, personCookieOf, sessionDays } from './person-cookie.ts'
import { type singleSignOnId, unverifiedAddress } from './single-sign-on-provider.ts'

export type AuthOptions = {
  db: Database
  secret: SecretText
  /** How a browser calls this installation: `https://crosswalk.example.com`. */
  origin: string
  /** Is told what the library warns of. */
  onWarning(message: string): void
  singleSignOn?: GenericOAuthConfig<typeof singleSignOnId>
  /** Is told where a single sign-on has made a person. */
  onPersonMade?(): void
}

const common = { createdAt: 'created_at', updatedAt: 'updated_at' }
const ofPerson = { userId: 'person_id' }

/**
 * The library that checks passwords, codes, passkeys and single sign-ons, over tables of ours. None of its routes is served: ours call
 * its functions, and say themselves who may, what is audited, and how often one may try.
 */
export function openAuth({ db, secret, origin, onWarning, singleSignOn, onPersonMade }: AuthOptions) {
  const isSecure = origin.startsWith('https:')
  return betterAuth({
    appName: 'Crosswalk',
    baseURL: origin,
    // It has no routes: ours call its functions.
    basePath: '/api/session',
    secret: secret.reveal(),
    telemetry: { enabled: false },
    database: db.pool,
    logger: {
      level: 'warn',
      // Only the sentence: what comes with it may be a person's.
      log: (_level, message) => onWarning(message),
    },
    rateLimit: { enabled: false },
    user: {
      modelName: 'people',
      fields: { emailVerified: 'email_verified', ...common },
    },
    session: {
      modelName: 'person_sessions',
      fields: { expiresAt: 'expires_at', ipAddress: 'ip_address', userAgent: 'user_agent', ...ofPerson, ...common },
      expiresIn: sessionDays * 86_400,
      disableSessionRefresh: true,
      freshAge: 0,
    },
    account: {
      modelName: 'person_accounts',
      fields: {
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...ofPerson,
        ...common,
      },
      encryptOAuthTokens: true,
      // Somebody is known by an address only where the provider has verified it, or is trusted to: `emailVerified` says either.
      accountLinking: { enabled: true },
    },
    verification: { modelName: 'person_verifications', fields: { expiresAt: 'expires_at', ...common } },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength,
      maxPasswordLength,
      password: { hash: hashPassword, verify: isPasswordOf },
    },
    databaseHooks: {
      user: {
        create: {
          // A person is known by their address, to those who grant something to them, too. Nobody takes one that may be another's.
          async before({ emailVerified }) {
            if (!emailVerified) throw new APIError('FORBIDDEN', { code: unverifiedAddress })
          },
          after: async () => onPersonMade?.(),
        },
      },
      // However they prove themselves: who is deactivated gets no session.
      session: {
        create: {
          // Said in so many words: for a session that is only not made, the library says now that it refuses, now that it failed.
          async before({ userId }) {
            if (!(await mayOpenSession(db, userId))) throw new APIError('UNAUTHORIZED')
          },
        },
      },
    },
    advanced: {
      cookiePrefix: cookiePrefixOf(isSecure),
      useSecureCookies: false,
      defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: 'lax', path: '/' },
      cookies: { session_token: { name: personCookieOf(isSecure), attributes: { sameSite: 'strict' } } },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      database: { generateId: () => newId() },
    },
    plugins: [
      twoFactor({
        issuer: 'Crosswalk',
        allowPasswordless: true,
        backupCodeOptions: { storeBackupCodes: 'encrypted' },
        schema: {
          user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
          twoFactor: {
            modelName: 'person_two_factors',
            fields: {
              backupCodes: 'backup_codes',
              failedVerificationCount: 'failed_verification_count',
              lockedUntil: 'locked_until',
              ...ofPerson,
            },
          },
        },
      }),
      passkey({
        rpName: 'Crosswalk',
        // It stands for a password and a second factor: the device has to ask who is there.
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        authentication: {
          async afterVerification({ verification }) {
            if (!verification.authenticationInfo.userVerified) throw new APIError('UNAUTHORIZED')
          },
        },
        rpID: new URL(origin).hostname,
        origin,
        schema: {
          passkey: {
            modelName: 'person_passkeys',
            fields: {
              publicKey: 'public_key',
              credentialID: 'credential_id',
              deviceType: 'device_type',
              backedUp: 'backed_up',
              createdAt: 'created_at',
              ...ofPerson,
            },
          },
        },
      }),
      genericOAuth({ config: singleSignOn ? [singleSignOn] : [] }),
    ],
  })
}

export type Auth = ReturnType<typeof openAuth>

/** True where the library refuses something, and has not failed. */
export function isRefusal(error: unknown): boolean {
  return isAPIError(error) && error.statusCode < 500
}
