/** What a person knows a credential by. Nothing of it is a value of a secret. */
export type CredentialNames = {
  /** Of the secrets and config values that it is made of. */
  keys: readonly string[]
  /** At the vendor. */
  tenant: string | null
  connection: string | null
  /** The id of the mapping whose connection it is. */
  mapping: string | null
}

export const unnamed: CredentialNames = { keys: [], tenant: null, connection: null, mapping: null }
