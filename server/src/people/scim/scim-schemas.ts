import { groupSchema } from './scim-group.ts'
import { userSchema } from './scim-user.ts'

export const maxPageSize = 200

const attribute = (name: string, description: string, more: object = {}) => ({
  name,
  type: 'string',
  multiValued: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
})

const externalId = attribute('externalId', 'What the identity provider knows it by.', { caseExact: true })
const complex = (subAttributes: object[], more: object = {}) => ({ type: 'complex', subAttributes, ...more })

const userAttributes = [
  attribute('userName', 'The e-mail address that somebody signs in with.', { required: true, uniqueness: 'server' }),
  externalId,
  attribute('displayName', 'What somebody is called.'),
  attribute(
    'name',
    'The parts of the name.',
    complex([attribute('formatted', 'All of it.'), attribute('givenName', 'Given name.'), attribute('familyName', 'Family name.')]),
  ),
  attribute(
    'emails',
    'E-mail addresses.',
    complex(
      [
        attribute('value', 'The address.'),
        attribute('type', 'Such as work.'),
        attribute('primary', 'The first of them.', { type: 'boolean' }),
      ],
      { multiValued: true },
    ),
  ),
  attribute('active', 'False: nothing is open any more, and nobody signs in.', { type: 'boolean' }),
  attribute(
    'groups',
    'The groups that somebody is in.',
    complex([attribute('value', 'Its id.'), attribute('display', 'Its name.')], { multiValued: true, mutability: 'readOnly' }),
  ),
]

const groupAttributes = [
  attribute('displayName', 'The name, by which the settings of single sign-on may know it.', { required: true, uniqueness: 'server' }),
  externalId,
  attribute(
    'members',
    'Who is in it.',
    complex([attribute('value', 'The id of a user.', { mutability: 'immutable' }), attribute('display', 'What they are called.')], {
      multiValued: true,
    }),
  ),
]

type Described = { [name: string]: unknown; schemas: string[] }

export const schemasAt = (base: string): Described[] =>
  (
    [
      [userSchema, 'User', 'Somebody who signs in', userAttributes],
      [groupSchema, 'Group', 'A group of users', groupAttributes],
    ] as const
  ).map(([id, name, description, attributes]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name,
    description,
    attributes,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  }))

export const resourceTypesAt = (base: string): Described[] =>
  (
    [
      ['User', '/Users', userSchema],
      ['Group', '/Groups', groupSchema],
    ] as const
  ).map(([name, endpoint, schema]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint,
    schema,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  }))

export const providerConfigAt = (base: string): Described => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: maxPageSize },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'API key',
      description: 'An API key with the role provisioner, as a bearer token.',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})
