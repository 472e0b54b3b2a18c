import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import type { SignInSettings } from './sign-in-setting.ts'

type SettingsRow = { second_factor: SignInSettings['secondFactor']; single_sign_on: SignInSettings['singleSignOn'] }
const settingsOf = (row: SettingsRow): SignInSettings => ({ secondFactor: row.second_factor, singleSignOn: row.single_sign_on })
const selectSettings = sql`select second_factor, single_sign_on from sign_in_settings`

export async function findSettings(db: Database): Promise<SignInSettings> {
  const [row] = await readInScope<SettingsRow>(db, 'allOrganizations', selectSettings)
  return settingsOf(row as SettingsRow) // the migration put the one row there
}

export async function findSettingsWithin(transaction: Transaction): Promise<SignInSettings> {
  const [row] = await transaction.query<SettingsRow>(selectSettings)
  return settingsOf(row as SettingsRow) // as above
}

/** Holds them until the transaction ends. */
export async function lockSettings(transaction: Transaction): Promise<SignInSettings> {
  const [row] = await transaction.query<SettingsRow>(sql`${selectSettings} for update`)
  return settingsOf(row as SettingsRow) // as above
}

export async function updateSettings(transaction: Transaction, wanted: SignInSettings): Promise<void> {
  const singleSignOn = wanted.singleSignOn && JSON.stringify(wanted.singleSignOn)
  await transaction.query(sql`
    update sign_in_settings set second_factor = ${wanted.secondFactor}, single_sign_on = ${singleSignOn}::jsonb, updated_at = now()`)
}
