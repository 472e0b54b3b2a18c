import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expand, givenOrganizations, workOff } from '../../testing/given-batches.ts'
import { failed, givenPublished, integrationDefinition, principalFor, succeeded } from '../../testing/given-definitions.ts'

type Cause = {
  cause: string
  count: number
  code: string | null
  type: string
  message: string
  guidance: string
  failure_kind: string
  executions: { org_name: string }[]
}
const hitBy = (cause: Cause | undefined) => cause?.executions.map(({ org_name }) => org_name).toSorted()

test('what failed of a batch is put together by its causes, and those of one cause are run again alone', async () => {
  await using given = await givenOrganizations('Acme', 'Globex', 'Initech', 'Hooli')
  const { Acme, Globex, Initech } = given.organizations
  const id = await given.submitted()
  await workOff(given.db, (row) => {
    if (row.organization_id === Initech.id) return failed('The disk is on fire')
    if (row.organization_id !== Acme.id && row.organization_id !== Globex.id) return succeeded({})
    const name = row.organization_id === Acme.id ? 'Acme' : 'Globex'
    return failed(`'${name}' has no mapping`, { code: 'mapping_not_found', integration_name: 'halo' })
  })
  const { causes } = (await given.send('GET', `/batches/${id}/causes`)).body as { causes: [Cause, Cause] }
  assert.deepEqual(
    causes.map((cause) => [cause.count, cause.code, hitBy(cause)]),
    [
      [2, 'mapping_not_found', ['Acme', 'Globex']],
      [1, null, ['Initech']],
    ],
  )
  await given.send('POST', `/batches/${id}/retry-failed?cause=${causes[0].cause}`)
  await expand(given.db, id)
  assert.deepEqual((await workOff(given.db)).toSorted(), [Acme.id, Globex.id].toSorted())
  assert.deepEqual(await given.names(id), { Acme: 'success', Globex: 'success', Hooli: 'success', Initech: 'failed' })
  const left = (await given.send('GET', `/batches/${id}/causes`)).body.causes as Cause[]
  assert.deepEqual(left.map(hitBy), [['Initech']])
  const limited = given.as(principalFor([Acme], 'canExecuteWorkflows'))
  assert.equal((await limited('GET', `/batches/${id}/causes`)).body.error, 'batch_not_found')
  assert.equal((await given.as(undefined)('GET', `/batches/${id}/causes`)).status, 401)
})

test('connection tests that found the same failure are one cause, with what to do about it', async () => {
  await using given = await givenOrganizations('Acme*', 'Globex*', 'Initech*')
  await givenPublished(given.db, integrationDefinition('halo'))
  const { body } = await given.send('POST', '/mappings/test', { organizations: 'all' })
  await expand(given.db, body.batch_id)
  let number = 0
  await workOff(given.db, (row) => {
    const message = row.organization_id === given.organizations['Initech*'].id ? 'Everything is fine' : `HTTP 401 for customer ${number++}`
    return succeeded({ success: message === 'Everything is fine', message, details: {} })
  })
  const causes = (await given.send('GET', `/batches/${body.batch_id}/causes`)).body.causes as Cause[]
  assert.deepEqual(
    causes.map((cause) => [cause.count, hitBy(cause)]),
    [[2, ['Acme*', 'Globex*']]],
  )
  assert.match(causes[0]?.guidance ?? '', /did not accept the credentials/)
  assert.equal(causes[0]?.failure_kind, 'credentials')
})
