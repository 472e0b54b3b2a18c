import { constants, generateKeyPairSync, type KeyObject, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { testCertificate } from './certificates.ts'

type Version = { version: string; value: string; tags: object; attributes: object; contentType: string | undefined }
type KeyVersion = { version: string; type: 'RSA' | 'EC'; publicKey: KeyObject; privateKey: KeyObject; isEnabled: boolean }
type Answer = { status: number; body?: unknown; headers?: Record<string, string> }
type Asked = { method: string; path: string[]; body: Record<string, unknown> }

/** What the next requests get instead of an answer, and which of them: as many as it says. */
export type KeyVaultFault = {
  status: number
  code: string
  times: number
  message?: string
  retryAfterSeconds?: number
  method?: string
  path?: RegExp
}

/**
 * A stand-in for Azure Key Vault, for Microsoft's own clients: over TLS, with challenges, versions and soft delete.
 * https://learn.microsoft.com/rest/api/keyvault/
 */
export type TestKeyVault = {
  url: string
  /** Of what its certificate is signed with. */
  ca: string
  /** What was asked of it: `PUT secrets/crosswalk-global-halo--key`. Without what came with no token. */
  asked: string[]
  faults: KeyVaultFault[]
  /** Makes a version of a key, as a person or a rotation policy does. Returns its version. */
  makeKey(name: string, type?: 'RSA' | 'EC'): string
  /** As `az keyvault key set-attributes --enabled`. */
  enableKey(name: string, version: string, isEnabled: boolean): void
  /** The values of a name, the oldest first; undefined where it is not there, or deleted. */
  valuesOf(name: string): string[] | undefined
  names(): string[]
  isDeleted(name: string): boolean
  /** As a person deletes one in Azure's portal. */
  delete(name: string): void
  /** Where Microsoft's libraries get a token as on a machine of Azure: give both to a process, with `NODE_EXTRA_CA_CERTS`. */
  identity: { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string }
  /** For clients in this process. */
  credential: { getToken(): Promise<{ token: string; expiresOnTimestamp: number }> }
  /** Stops answering, as where the way to it is cut. */
  close(): Promise<void>
} & AsyncDisposable

const refused = (
  status: number,
  code: string,
  inner?: string,
  headers?: Record<string, string>,
  message = `${code}, says the stand-in.`,
): Answer => ({
  status,
  body: { error: { code, message, ...(inner ? { innererror: { code: inner } } : {}) } },
  ...(headers ? { headers } : {}),
})

export async function startKeyVault(): Promise<TestKeyVault> {
  const token = randomBytes(16).toString('hex')
  const live = new Map<string, Version[]>()
  const deleted = new Map<string, Version[]>()
  const asked: string[] = []
  const faults: KeyVaultFault[] = []

  const bundle = (name: string, { value: _, version, ...more }: Version) => ({ id: `${url}/secrets/${name}/${version}`, ...more })
  const keys = new Map<string, KeyVersion[]>()
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }

  /** https://learn.microsoft.com/rest/api/keyvault/keys/wrap-key/wrap-key */
  function keyRequests({ method, path: [, name = '', version = '', act], body }: Asked): Answer {
    const versions = keys.get(name)
    const found = version === '' ? versions?.at(-1) : versions?.find((one) => one.version === version)
    if (!found) return refused(404, 'KeyNotFound')
    const kid = `${url}/keys/${name}/${found.version}`
    if (method === 'GET') {
      const jwk = found.publicKey.export({ format: 'jwk' })
      const key = { ...jwk, kid, kty: found.type, key_ops: ['wrapKey', 'unwrapKey'] }
      return { status: 200, body: { key, attributes: { enabled: found.isEnabled, created: 1_700_000_000, updated: 1_700_000_000 } } }
    }
    if (!found.isEnabled) return refused(403, 'Forbidden', 'KeyDisabled')
    if (body.alg !== 'RSA-OAEP-256' || found.type !== 'RSA') return refused(400, 'BadParameter')
    const value = Buffer.from(String(body.value), 'base64url')
    try {
      const made =
        act === 'wrapkey'
          ? publicEncrypt({ key: found.publicKey, ...oaep }, value)
          : privateDecrypt({ key: found.privateKey, ...oaep }, value)
      return { status: 200, body: { kid, value: made.toString('base64url') } }
    } catch {
      return refused(400, 'BadParameter')
    }
  }

  const deletedBundle = (name: string, version: Version) => ({
    ...bundle(name, version),
    recoveryId: `${url}/deletedsecrets/${name}`,
    deletedDate: 1_700_000_000,
    scheduledPurgeDate: 1_707_776_000,
  })

  function secrets({ method, path: [, name = '', version = ''], body }: Asked): Answer {
    if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) return refused(400, 'BadParameter')
    const key = name.toLowerCase()
    const versions = live.get(key)
    if (method === 'PUT') {
      if (deleted.has(key)) return refused(409, 'Conflict', 'ObjectIsDeletedButRecoverable')
      const value = String(body.value)
      if (value.length > 25_600) return refused(400, 'BadParameter')
      const attributes = { enabled: true, recoveryLevel: 'Recoverable+Purgeable', created: 1_700_000_000, ...(body.attributes as object) }
      const contentType = body.contentType as string | undefined
      const made = { version: randomBytes(16).toString('hex'), value, tags: (body.tags as object) ?? {}, attributes, contentType }
      live.set(key, [...(versions ?? []), made])
      return { status: 200, body: { ...bundle(key, made), value } }
    }
    if (!versions) return refused(404, 'SecretNotFound')
    if (method === 'DELETE') {
      live.delete(key)
      deleted.set(key, versions)
      return { status: 200, body: deletedBundle(key, versions.at(-1) as Version) } // a name has a version
    }
    if (version === 'versions') return { status: 200, body: { value: versions.map((one) => bundle(key, one)), nextLink: null } }
    const found = version === '' ? versions.at(-1) : versions.find((one) => one.version === version)
    return found ? { status: 200, body: { ...bundle(key, found), value: found.value } } : refused(404, 'SecretNotFound')
  }

  function deletedSecrets({ method, path: [, name = '', act] }: Asked): Answer {
    const key = name.toLowerCase()
    const versions = deleted.get(key)
    const newest = versions?.at(-1)
    if (!versions || !newest) return refused(404, 'SecretNotFound')
    if (method === 'GET') return { status: 200, body: deletedBundle(key, newest) }
    deleted.delete(key)
    if (method === 'DELETE') return { status: 204 }
    if (act !== 'recover') return refused(405, 'BadParameter')
    live.set(key, versions)
    return { status: 200, body: bundle(key, newest) }
  }

  function answer(given: Asked): Answer {
    const what = `${given.method} ${given.path.join('/')}`
    asked.push(what)
    const fault = faults.find(
      ({ times, method, path }) => times > 0 && (method ?? given.method) === given.method && (path?.test(what) ?? true),
    )
    if (fault) {
      fault.times--
      const headers = fault.retryAfterSeconds === undefined ? undefined : { 'retry-after': String(fault.retryAfterSeconds) }
      return refused(fault.status, fault.code, undefined, headers, fault.message)
    }
    const collection = { secrets, deletedsecrets: deletedSecrets, keys: keyRequests }[given.path[0] ?? '']
    return collection ? collection(given) : refused(404, 'NotFound')
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = new URL(request.url ?? '', url)
    const send = ({ status, body, headers = {} }: Answer) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body === undefined ? '' : JSON.stringify(body))
    if (request.headers.authorization !== `Bearer ${token}`) {
      const challenge =
        'Bearer authorization="https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111", resource="https://vault.azure.net"'
      request.resume()
      return void send(refused(401, 'Unauthorized', undefined, { 'www-authenticate': challenge }))
    }
    if (!at.searchParams.has('api-version')) return void send(refused(400, 'BadParameter'))
    const isEmpty = request.method === 'GET' || request.method === 'DELETE' || request.headers['content-length'] === '0'
    const body = isEmpty ? {} : ((await json(request).catch(() => ({}))) as Record<string, unknown>)
    send(answer({ method: request.method ?? '', path: at.pathname.split('/').filter((part) => part !== ''), body }))
  }

  const server = createServer(
    { key: testCertificate.key, cert: testCertificate.cert },
    (request, response) => void serve(request, response),
  )
  const identity = createPlainServer((request, response) => {
    const isOurs = request.headers['x-identity-header'] === 'of the test'
    const expiresOn = Math.floor(Date.now() / 1_000) + 3_600
    response.writeHead(isOurs ? 200 : 401, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ access_token: token, expires_on: String(expiresOn), resource: 'https://vault.azure.net', token_type: 'Bearer' }),
    )
  })
  for (const one of [server, identity]) {
    one.listen(0, '127.0.0.1')
    await once(one, 'listening')
  }
  const portOf = (one: typeof server | typeof identity) => (one.address() as AddressInfo).port
  const url = `https://localhost:${portOf(server)}`
  const close = async () => {
    for (const one of [server, identity]) {
      if (!one.listening) continue
      one.closeAllConnections()
      one.close()
      await once(one, 'close')
    }
  }
  return {
    url,
    ca: testCertificate.cert,
    asked,
    faults,
    makeKey(name, type = 'RSA') {
      const made = type === 'RSA' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const version = randomBytes(16).toString('hex')
      keys.set(name, [...(keys.get(name) ?? []), { version, type, ...made, isEnabled: true }])
      return version
    },
    enableKey(name, version, isEnabled) {
      for (const one of keys.get(name) ?? []) if (one.version === version) one.isEnabled = isEnabled
    },
    valuesOf: (name) => live.get(name)?.map(({ value }) => value),
    names: () => [...live.keys()],
    isDeleted: (name) => deleted.has(name),
    delete(name) {
      const versions = live.get(name)
      live.delete(name)
      if (versions) deleted.set(name, versions)
    },
    identity: { IDENTITY_ENDPOINT: `http://127.0.0.1:${portOf(identity)}/msi/token`, IDENTITY_HEADER: 'of the test' },
    credential: { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
    close,
    [Symbol.asyncDispose]: close,
  }
}
