import assert from 'node:assert/strict'
import { installationAuthentication } from '../src/access/authentication.ts'
import { systemActing } from '../src/audit/audit.ts'
import { createOrganization } from '../src/organizations/organizations.ts'
import { createTestApp, testAdminKey } from './test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** The error of an answer, with its status. */
export const refusal = ({ status, body }: { status: number; body: Body }) => [status, body?.error]

/** An API that takes keys as an installation does, with the organizations Acme, which has the tag `gold`, and Globex. */
export async function givenKeyApi() {
  const api = await createTestApp({
    authenticateWith: (given) =>
      installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  const add = async (name: string, ...tags: string[]) =>
    (await createOrganization(api.db, systemActing, { name, domains: [], tenantId: null, tags })).id

  async function send(key: string | undefined, method: Method, url: string, body?: object, remoteAddress = '127.0.0.1') {
    const answer = await api.app.inject({
      method,
      url: `/api${url}`,
      remoteAddress,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      ...(body ? { payload: body } : {}),
    })
    return { status: answer.statusCode, text: answer.body, body: (answer.body === '' ? null : answer.json()) as Body }
  }
  async function makeKey(given: object = {}, maker = testAdminKey): Promise<{ id: string; key: string; prefix: string }> {
    const answer = await send(maker, 'POST', '/keys', { name: 'For a test', grants: [{ role: 'viewer', reach: { all: true } }], ...given })
    assert.equal(answer.status, 201, answer.text)
    return answer.body
  }
  return {
    api,
    acme: await add('Acme', 'gold'),
    globex: await add('Globex'),
    add,
    send,
    makeKey,
    namesSeenBy: async (key: string): Promise<string[]> =>
      (await send(key, 'GET', '/organizations')).body.organizations.map(({ name }: Body) => name).sort(),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}
