import assert from 'node:assert/strict'
import { test } from 'node:test'
import { integrationDefinition } from '../../../testing/given-definitions.ts'
import { type FailureKind, failureKindOf, guidanceFor, type VendorFailure } from './guidance.ts'

const kinds: [FailureKind | undefined, Partial<VendorFailure>][] = [
  ['credentials', { details: { status_code: 401 } }],
  ['credentials', { details: { status_code: '403', error_type: 'APIError' } }],
  ['credentials', { details: { status: 400, url: 'https://api.example/oauth/token' } }],
  ['credentials', { details: { status: 400, method: 'POST', url: 'https://login.example/t/oauth2/v2.0/token', vendor_message: 'No.' } }],
  ['credentials', { message: 'POST https://a.example/oauth/token answered 400 Bad Request: Bad credentials' }],
  ['credentials', { message: 'API error: 400 Bad Request: Bad credentials', details: { error_type: 'APIError', status_code: 400 } }],
  ['credentials', { details: { status: 400, url: 'https://a.example/customers', vendor_message: 'invalid_client' } }],
  ['credentials', { message: 'AADSTS7000215: Invalid client secret provided.' }],
  [undefined, { details: { status: 400, url: 'https://a.example/customers', vendor_message: 'page_size is too large' } }],
  [undefined, { message: 'GET https://a.example/bad-credentials answered 400 Bad Request' }],
  [undefined, { message: "halo listed the organization 'forbidden' twice", details: { code: 'list_repeated' } }],
  ['not_json', { type: 'SyntaxError', message: 'x', details: { code: 'answer_not_json', status: 200 } }],
  ['not_json', { message: 'Connection failed: GET https://a.example answered 200 OK with a web page instead of JSON. Check …' }],
  ['unknown_id', { message: 'API error: 404 Not Found', details: { error_type: 'APIError' } }],
  ['rate_limit', { message: 'HTTP 429' }],
  ['vendor_fault', { type: 'HttpError', message: 'The vendor answered with status 503.', details: { status: 503 } }],
  ['timeout', { details: { status_code: 504 } }],
  [
    'secret_missing',
    {
      type: 'SecretNotFoundError',
      message: "The secret 'k' is not set; looked in the global scope.",
      details: { code: 'secret_not_found' },
    },
  ],
  ['secret_missing', { message: "Connection failed: The secret 'k' is not set; looked in the global scope." }],
  ['network', { type: 'TypeError', message: 'fetch failed: connect ECONNREFUSED 127.0.0.1:9', details: { code: 'ECONNREFUSED' } }],
  ['network', { message: 'getaddrinfo ENOTFOUND api.example' }],
  ['network', { message: 'read ECONNRESET' }],
  ['timeout', { type: 'TimeoutError', message: 'The operation was aborted due to timeout' }],
  ['timeout', { details: { error_type: 'UND_ERR_CONNECT_TIMEOUT' } }],
  ['network', { type: 'TypeError', message: 'fetch failed: bad port' }],
  ['network', { type: 'TypeError', message: 'GET http://127.0.0.1:9/forbidden could not be reached: bad port.' }],
  ['timeout', { message: 'GET http://a.example/ could not be reached: no answer came in time (UND_ERR_HEADERS_TIMEOUT).' }],
  ['network', { type: 'TypeError', message: 'Invalid URL', details: { code: 'ERR_INVALID_URL' } }],
  ['network', { message: 'Invalid URL' }],
  ...[
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'EPROTO',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ].map((code): (typeof kinds)[number] => ['network', { details: { code } }]),
  ['network', { message: 'unable to verify the first certificate' }],
  [undefined, { type: 'TypeError', message: "Cannot read properties of undefined (reading 'name')" }],
  [undefined, { message: 'Order 404 was refused' }],
  // What `context.http` says itself comes before everything that may be read out of status and sentence.
  ['credentials', { message: 'POST https://a.example/token gave no token', details: { kind: 'credentials', status: 400 } }],
  ['permission', { details: { kind: 'permission', status: 403 } }],
  ['unknown_id', { details: { kind: 'not_found', status: 404 } }],
  ['rate_limit', { message: 'forbidden', details: { kind: 'rate_limited', status: 403 } }],
  ['network', { details: { kind: 'unavailable' } }],
  ['vendor_fault', { details: { kind: 'unavailable', status: 500 } }],
  ['timeout', { details: { kind: 'timeout' } }],
  ['not_json', { details: { kind: 'invalid_response', status: 200 } }],
  ['incomplete', { details: { kind: 'incomplete' } }],
  [undefined, { message: 'may not connect', details: { kind: 'egress_refused', status: 401 } }],
  [undefined, { message: 'Unauthorized field', details: { kind: 'invalid_request', status: 400 } }],
]

for (const [kind, failure] of kinds) {
  test(`${JSON.stringify(failure)} is taken for ${kind ?? 'nothing known'}`, () => {
    assert.equal(failureKindOf({ message: '', details: {}, ...failure }), kind)
  })
}

test('guidance names the secrets and config of the integration, and says what to do', () => {
  const halo = integrationDefinition('halo', { displayName: 'HaloPSA' })
  const guidance = (details: VendorFailure['details'], subject: 'mapping' | 'list' = 'mapping') =>
    guidanceFor({ message: '', details }, halo, subject)
  assert.match(guidance({ status_code: 401 }) ?? '', /HaloPSA did not accept the credentials: check the secret '[^']+' \(halo_api_key\)/)
  assert.match(guidance({ code: 'ENOTFOUND' }) ?? '', /check the config '[^']+' \(halo_api_url\)/)
  assert.match(guidance({ status_code: 404 }) ?? '', /does not know this external organization id/)
  assert.match(guidance({ status_code: 404 }, 'list') ?? '', /does not know the address/)
  assert.match(guidance({ status_code: 429 }) ?? '', /wait a few minutes/)
  assert.match(
    guidance({ kind: 'unavailable', reason: 'CERT_HAS_EXPIRED' }) ?? '',
    /certificate of HaloPSA is not accepted.*NODE_EXTRA_CA_CERTS/,
  )
  assert.match(guidance({ kind: 'invalid_response', reason: 'not_json' }) ?? '', /other than data, such as a web page/)
  assert.match(guidance({ kind: 'invalid_response', reason: 'no_total' }) ?? '', /does not expect.*the integration has to be changed/)
  assert.equal(guidance({ kind: 'invalid_response', reason: 'too_large' }), undefined, 'its sentence says it')
  assert.equal(guidance({ kind: 'credentials', remedy: 'Connect it again.' }), 'Connect it again.')
  assert.equal(guidance({}), undefined)
})

test('a vendor that cannot be reached is a matter of its address, and not of the rest of the config', () => {
  const config = [
    { key: 'halo_client_id', label: 'Client ID', required: true, description: null },
    { key: 'halo_base_url', label: 'Address', required: true, description: null },
    { key: 'halo_include_inactive', label: 'List inactive clients too', required: false, description: null },
  ]
  const halo = integrationDefinition('halo', { displayName: 'HaloPSA', config })
  const guidance = (given: typeof halo) => guidanceFor({ message: '', details: { code: 'ENOTFOUND' } }, given, 'list')
  assert.match(guidance(halo) ?? '', /check the config 'Address' \(halo_base_url\), and/)
  const [clientId] = config
  assert.match(guidance({ ...halo, config: clientId ? [clientId] : [] }) ?? '', /check the config 'Client ID' \(halo_client_id\), and/)
})

test('guidance says how to set a missing secret, but not a second time', () => {
  const halo = integrationDefinition('halo', { displayName: 'HaloPSA' })
  const guidance = (message: string) => guidanceFor({ message, details: { code: 'secret_not_found' } }, halo, 'list')
  assert.match(guidance("The secret 'halo_api_key' is not set.") ?? '', /^Set the secret '[^']+' \(halo_api_key\), for this organization/)
  assert.equal(guidance("The secret 'halo_api_key' is not set. Set it under Secrets & config."), undefined)
})
