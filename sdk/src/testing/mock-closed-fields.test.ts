import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { dataProvider, workflow } from '../index.ts'
import { mockContext } from '../testing.ts'

const sites = dataProvider(
  { name: 'sites', description: 'Sites of a country.', parameters: z.object({ country: z.string().optional() }) },
  (ctx, { country = 'at' }) => [`${ctx.org.name} ${country}`].map((name) => ({ value: name, label: name })),
)
const visit = workflow(
  {
    name: 'visit',
    description: 'Visits a site.',
    parameters: z.object({
      country: z.string().optional(),
      site: z.string().meta({ dataProvider: 'sites', closed: true }),
      open: z.string().optional().meta({ dataProvider: 'sites' }),
    }),
  },
  async (_ctx, { site }) => site,
)

test('a closed field takes what its data provider offers the organization, and its refusal is the one of an execution', async () => {
  const ctx = mockContext({ org: { name: 'Acme' }, dataProviders: [sites] })
  assert.equal(await visit(ctx, { country: 'de', site: 'Acme de', open: 'anything' }), 'Acme de')
  await assert.rejects(visit(ctx, { country: 'de', site: 'Acme at' }), {
    code: 'validation_failed',
    message:
      "The parameters do not fit the workflow 'visit': parameters.site is not one of the options that 'sites' offers for this organization.",
    details: { 'parameters.site': ["is not one of the options that 'sites' offers for this organization"] },
  })
  assert.deepEqual(ctx.steps, [])
})

test('without data providers nothing is known of options; one that is missing among them is named', async () => {
  assert.equal(await visit(mockContext(), { site: 'anything' }), 'anything')
  await assert.rejects(
    visit(mockContext({ dataProviders: [] }), { site: 'anything' }),
    /takes the options of 'sites'; give mockContext that data provider/,
  )
})
