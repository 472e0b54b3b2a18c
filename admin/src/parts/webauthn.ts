/** Why this browser cannot use passkeys here; undefined where it can. */
export function lackOfPasskeys(): string | undefined {
  if (!('PublicKeyCredential' in window)) return 'This browser has no passkeys here. They need https, or localhost.'
  if (/^[\d.]+$|:/.test(window.location.hostname)) return 'Passkeys need a name. Open Crosswalk by its host name, not by an address.'
  return undefined
}

type JsonOptions = { challenge: string } & Record<string, unknown>
/** What the server takes of a passkey. */
type JsonCredential = { id: string; rawId: string; type: 'public-key' } & Record<string, unknown>

const jsonOf = (credential: Credential | null): JsonCredential => {
  if (!(credential instanceof PublicKeyCredential)) throw new Error('The browser gave no passkey. Try again.')
  return credential.toJSON() as unknown as JsonCredential // as the standard says
}

/** A person who closes the browser's question has not failed at anything. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotAllowedError'
}

/** Has the browser make a passkey. */
export async function makePasskey(options: JsonOptions): Promise<JsonCredential> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as never) // the server's, in the standard's form
  return jsonOf(await navigator.credentials.create({ publicKey }))
}

/** Has the browser prove who is there. */
export async function askForPasskey(options: JsonOptions): Promise<JsonCredential> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as never) // likewise
  return jsonOf(await navigator.credentials.get({ publicKey }))
}
