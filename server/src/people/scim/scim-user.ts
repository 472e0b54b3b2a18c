import { emailField, nameField } from '../person-view.ts'
import { type Attributes, isAttributes, patched, type Step } from './scim-patch.ts'
import { scimError } from './scim-problem.ts'

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'

export type UserEmail = { value: string; type?: string; primary?: boolean }
export type UserName = { formatted?: string; givenName?: string; familyName?: string }

/** A user as an identity provider says it. What it left out is undefined. */
export type UserDraft = {
  userName: string
  externalId: string | undefined
  active: boolean | undefined
  displayName: string | undefined
  name: UserName
  emails: UserEmail[]
}

const names = ['userName', 'externalId', 'active', 'displayName', 'name', 'emails']
const parts = ['formatted', 'givenName', 'familyName']
const maxText = 500
const maxEmails = 20

const refused = (attribute: string, problem: string) =>
  scimError('scim_value_refused', { attribute }, `The attribute ${attribute} ${problem}. Correct it at the identity provider.`)

/** Members by their names in lower case: SCIM does not tell their case apart. */
const lowered = (given: Attributes): Map<string, unknown> =>
  new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]))

function textOf(attribute: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string' || value.length > maxText) throw refused(attribute, `must be text of at most ${maxText} characters`)
  const clean = value.trim().normalize('NFC')
  if (/[\p{Cc}\p{Cs}]/u.test(clean)) throw refused(attribute, 'must be one line without control characters')
  return clean === '' ? undefined : clean
}

/** Entra ID sends `"True"` and `"False"`. */
function flagOf(attribute: string, value: unknown): boolean | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.toLowerCase() : ''
  if (text !== 'true' && text !== 'false') throw refused(attribute, 'must be true or false')
  return text === 'true'
}

function emailsOf(value: unknown): UserEmail[] {
  const given = value === undefined || value === null ? [] : [value].flat()
  if (given.length > maxEmails) throw refused('emails', `must be at most ${maxEmails}`)
  return given.flatMap((one) => {
    if (!isAttributes(one)) throw refused('emails', 'must be a list of objects with a value')
    const members = lowered(one)
    const address = textOf('emails.value', members.get('value'))
    const type = textOf('emails.type', members.get('type'))
    const primary = flagOf('emails.primary', members.get('primary'))
    return address === undefined ? [] : [{ value: address, ...(type ? { type } : {}), ...(primary === undefined ? {} : { primary }) }]
  })
}

/** @throws scim_value_refused */
export function userDraftOf(given: Attributes): UserDraft {
  const members = lowered(given)
  const userName = textOf('userName', members.get('username'))
  if (userName === undefined) throw refused('userName', 'is required')
  if (userName.length > 254) throw refused('userName', 'must be at most 254 characters')
  const named = members.get('name') ?? {}
  if (!isAttributes(named)) throw refused('name', 'must be an object, such as {"givenName": "Ada"}')
  const namedParts = lowered(named)
  const name: UserName = {}
  for (const part of ['formatted', 'givenName', 'familyName'] as const) {
    const text = textOf(`name.${part}`, namedParts.get(part.toLowerCase()))
    if (text !== undefined) name[part] = text
  }
  return {
    userName,
    externalId: textOf('externalId', members.get('externalid')),
    active: flagOf('active', members.get('active')),
    displayName: textOf('displayName', members.get('displayname')),
    name,
    emails: emailsOf(members.get('emails')),
  }
}

/** @throws scim_path_refused, scim_value_refused */
export function patchedUser(before: UserDraft, steps: readonly Step[]): UserDraft {
  return userDraftOf(patched({ ...before }, steps, names, parts))
}

export const isAddress = (text: string): boolean => emailField.safeParse(text).success

/** What a person is known by here: their user name where it is an address, or else their work address. @throws scim_value_refused */
export function addressOf({ userName, emails }: UserDraft): string {
  const listed = emails.find(({ primary }) => primary) ?? emails.find(({ type }) => type === 'work') ?? emails[0]
  const parsed = emailField.safeParse(isAddress(userName) ? userName : listed?.value)
  if (!parsed.success) throw refused('userName', 'must be an e-mail address, or emails must have one')
  return parsed.data
}

/** What a person is called; undefined where nothing says so. @throws scim_value_refused */
export function nameOf({ displayName, name }: UserDraft): string | undefined {
  const both = [name.givenName, name.familyName].filter((part) => part !== undefined).join(' ')
  const said = displayName ?? name.formatted ?? both
  if (said === '') return undefined
  const parsed = nameField.safeParse(said.slice(0, 200))
  if (!parsed.success) throw refused('displayName', 'must be one line with a character that can be seen')
  return parsed.data
}

/** What somebody new is called: where nothing says so, by their user name. @throws scim_value_refused */
export const nameOfNew = (draft: UserDraft): string => nameOf(draft) ?? nameOf({ ...draft, displayName: draft.userName }) ?? draft.userName
