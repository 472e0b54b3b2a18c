import { answer, simulateVendor } from '@crosswalk/sdk/testing'

const organizations = [
  { id: 1, name: 'Acme Corp', domain: 'acme.example' },
  { id: 2, name: 'Wayne Enterprises', domain: null },
  { id: 3, name: 'Stark Industries', domain: 'stark.example' },
]
const users = [{ id: 11, name: 'Ada Lovelace', email: 'ada@acme.example' }]
/** Less than is asked for, as vendors do. */
const maxPageSize = 2

/** Stands in for the vendor in tests, over real HTTP. */
export function startExampleVendor(apiKey = 'a key') {
  return simulateVendor(
    {
      'GET /organizations': ({ query }) => {
        const page = Number(query.get('page') ?? 1)
        return { organizations: organizations.slice((page - 1) * maxPageSize, page * maxPageSize), total: organizations.length }
      },
      'GET /organizations/:id': ({ params }) =>
        organizations.find(({ id }) => String(id) === params.id) ?? answer(404, { error: 'There is no such organization.' }),
      'GET /organizations/:id/users': ({ params }) => (params.id === '1' ? users : []),
    },
    {
      guard: ({ headers }) =>
        headers.authorization === `Bearer ${apiKey}` ? undefined : answer(401, { error: 'The API key is not valid.' }),
    },
  )
}
