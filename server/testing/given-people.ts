import { createOTP } from '@better-auth/utils/otp'
import { inScope, sql } from '../src/platform/database/database.ts'
import { createTestApp, type TestApp, testAdminKey } from './test-app.ts'

type Answer = {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any answer's JSON and asserts what it needs of it
  body: any
}

/** A browser: it keeps cookies, and sends what the page itself would. */
export type TestBrowser = {
  cookies: Map<string, string>
  /** Opens an address of the installation, and follows nothing. */
  visit(url: string): Promise<{ status: number; location: string | undefined }>
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export function givenBrowser(app: TestApp['app'], own: Record<string, string> = {}): TestBrowser {
  const cookies = new Map<string, string>()
  const cookieHeader = () => (cookies.size > 0 ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {})
  const keep = (lines: string | string[] | undefined) => {
    for (const line of [lines ?? []].flat()) {
      const [pair = '', ...attributes] = line.split('; ')
      const [name = '', ...value] = pair.split('=')
      if (attributes.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, value.join('='))
    }
  }
  return {
    cookies,
    async visit(url) {
      const { host, pathname, search } = new URL(url)
      const answer = await app.inject({ url: pathname + search, headers: { host, ...cookieHeader(), ...own } })
      keep(answer.headers['set-cookie'])
      return { status: answer.statusCode, location: answer.headers.location }
    },
    async call(method, path, body, headers = {}) {
      const answer = await app.inject({
        method,
        url: `/api${path}`,
        headers: {
          host: 'localhost:7071',
          origin: 'http://localhost:7071',
          ...cookieHeader(),
          ...own,
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body as object }),
      })
      keep(answer.headers['set-cookie'])
      return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() }
    },
  }
}

export const goodPassword = 'seven brown llamas sing'
const everything = [{ role: 'administrator', reach: { all: true } }]

/**
 * An API, its administrator key, and people who join by their links. A second factor is asked of nobody, unlike in a new installation.
 */
export async function givenPeople(options: Parameters<typeof createTestApp>[0] = {}) {
  const api = await createTestApp(options)
  await inScope(api.db, 'allOrganizations', (transaction) => transaction.query(sql`update sign_in_settings set second_factor = 'optional'`))
  const asKey = givenBrowser(api.app, { authorization: `Bearer ${testAdminKey}` })
  const invite = async (name: string, grants: unknown = everything) => {
    const email = `${name.toLowerCase().replaceAll(' ', '.')}@msp.example`
    const { body } = await asKey.call('POST', '/people', { name, email, grants })
    return { id: body.person.id as string, email, token: tokenOf(body.link.url) }
  }
  return {
    ...api,
    asKey,
    browser: (own?: Record<string, string>) => givenBrowser(api.app, own),
    invite,
    /** A person who has chosen a password, and their browser, which is signed in. */
    async join(name: string, grants?: unknown) {
      const { id, email, token } = await invite(name, grants)
      const browser = givenBrowser(api.app)
      await browser.call('POST', '/session/links/take', { token, password: goodPassword })
      return { id, email, browser }
    },
  }
}

/** Of a link. */
export const tokenOf = (url: string): string => new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? ''

/** What an app has of an `otpauth:` address, where the secret is spelled in base32. */
function secretOfUri(uri: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...(new URL(uri).searchParams.get('secret') ?? '').replaceAll('=', '')]
    .map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString()
}

/** What an app shows now. */
export const appCodeOf = (uri: string): Promise<string> => createOTP(secretOfUri(uri)).totp()
