import { requireNoMoreThan, resolveGrantsWithin } from '../access/granting.ts'
import { administratorRole } from '../access/grants.ts'
import { changesBetween, concealed, recordAudit } from '../audit/audit.ts'
import type { SignInFields } from '../audit/audit-event.ts'
import { inScope } from '../platform/database/database.ts'
import { platformError } from '../platform/errors.ts'
import { readPlatformSecret, writePlatformSecretWithin } from '../values/secrets/platform-secrets.ts'
import { SecretText } from '../values/secrets/secret-text.ts'
import { type Changing, keepingAnAdministrator } from './people.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { followGroupsWithin } from './scim/provisioning.ts'
import type { SignInSettings } from './sign-in-setting.ts'
import { lockSettings, updateSettings } from './sign-in-settings.queries.ts'

const fieldsOf = ({ secondFactor, singleSignOn }: SignInSettings): SignInFields => ({
  second_factor: secondFactor,
  single_sign_on: singleSignOn,
  client_secret: null,
})

/**
 * Replaces the settings. It takes an administrator of everything: the one who says who somebody is can be anybody.
 *
 * @param clientSecret undefined keeps the one that is set
 * @throws forbidden, validation_failed, last_administrator
 */
export async function saveSignInSettings(
  { db, keyring }: PeopleRuntime,
  { principal, acting }: Changing,
  wanted: SignInSettings,
  clientSecret: string | undefined,
): Promise<void> {
  requireNoMoreThan(principal, [{ role: administratorRole, reach: { all: true } }])
  const hasSecret = (await readPlatformSecret({ db, keyring }, 'single_sign_on')) !== undefined
  if (wanted.singleSignOn && clientSecret === undefined && !hasSecret) {
    const problem = 'is required: the provider shows it where the client is registered'
    throw platformError('validation_failed', { 'single_sign_on.client_secret': [problem] }, `'client_secret' ${problem}.`)
  }
  // A key of the keyring is looked up before the transaction, which waits for nothing else.
  const key = clientSecret === undefined ? undefined : await keyring.current()
  await inScope(db, 'allOrganizations', (transaction) =>
    keepingAnAdministrator(transaction, async () => {
      const before = await lockSettings(transaction)
      const { singleSignOn } = wanted
      const grants = [...(singleSignOn?.default_grants ?? []), ...(singleSignOn?.group_grants ?? []).flatMap((one) => one.grants)]
      requireNoMoreThan(principal, await resolveGrantsWithin(transaction, grants))
      await updateSettings(transaction, wanted)
      if (key && clientSecret !== undefined)
        await writePlatformSecretWithin(transaction, key, 'single_sign_on', new SecretText(clientSecret))
      const changes = changesBetween(fieldsOf(before), fieldsOf(wanted))
      if (clientSecret !== undefined) changes.client_secret = { before: hasSecret ? concealed : null, after: concealed }
      await recordAudit(transaction, acting, {
        action: 'sign_in_settings.updated',
        organizationId: null,
        target: { type: 'sign_in_settings', id: 'sign_in_settings' },
        changes,
      })
      // Whom the provider keeps by SCIM has what these settings give from now on.
      await followGroupsWithin(transaction, { principal, acting }, 'all')
    }),
  )
}
