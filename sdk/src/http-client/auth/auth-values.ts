import type { CredentialValue, SecretRef, TextValue } from '../auth-options.ts'

/** Reads what options name. Each throws where it is not set. */
export type AuthReads = {
  secret(key: string): Promise<string>
  /** `fallback` where it is not set, and where it is not text. */
  config(key: string, fallback: string | undefined): Promise<string>
}

/** The value of a credential, wherever it stands. */
export async function credentialOf(reads: AuthReads, value: CredentialValue | SecretRef): Promise<string> {
  if (typeof value === 'object' && 'secret' in value) return await reads.secret(value.secret)
  return await textOf(reads, value)
}

/** The text itself, or out of config, without the space that was copied along. */
export async function textOf(reads: AuthReads, value: TextValue): Promise<string> {
  return typeof value === 'string' ? value : (await reads.config(value.config, value.default)).trim()
}

/** The same of each member. One that is empty is left out. */
export async function credentialsOf(
  reads: AuthReads,
  values: Readonly<Record<string, CredentialValue>> | undefined,
): Promise<[name: string, value: string][]> {
  const pairs: [string, string][] = []
  for (const [name, value] of Object.entries(values ?? {})) {
    const text = await credentialOf(reads, value)
    if (text !== '') pairs.push([name, text])
  }
  return pairs
}

/** `Basic …`, in UTF-8 as RFC 7617 has it. */
export function basicValue(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
