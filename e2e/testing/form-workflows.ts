/** Workflows whose forms have what schemas can have, as author files of a test's workspace. */
export const formWorkflows: Record<string, string> = {
  'workflows/nasty-form.ts': `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const nastyForm = workflow(
  {
    name: 'nasty_form',
    description: 'Takes everything that a form can have.',
    parameters: z.object({
      title: z.string().min(3).meta({ label: 'Title', description: 'What it is called.' }),
      city: z.string(),
      email: z.email(),
      address: z
        .object({ street: z.string(), zip: z.string().regex(/^\\d{4}$/).meta({ examples: ['1010'] }), geo: z.object({ lat: z.number(), lng: z.number() }).optional() })
        .optional(),
      features: z.array(z.enum(['mail', 'backup', 'voice'])).optional(),
      tags: z.array(z.string()).optional(),
      contacts: z.array(z.object({ name: z.string(), since: z.iso.date().optional() })).min(1),
      notes: z.string().max(4000).optional(),
      due: z.iso.date().optional(),
      starts: z.iso.datetime().optional(),
      at: z.iso.time().optional(),
      seats: z.int().min(1).max(500).default(5),
      rate: z.number().multipleOf(0.5).optional(),
      owner: z.string().nullable(),
      level: z.enum(['low', 'high']).nullable().default(null),
      channel: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('mail'), to: z.email() }),
        z.object({ kind: z.literal('chat'), room: z.string() }),
      ]),
      amount: z.union([z.int(), z.string()]).optional(),
      limits: z.record(z.string(), z.number()).optional(),
      extra: z.any().optional(),
      dry_run: z.boolean(),
      hidden_mark: z.string().default('mark').meta({ hidden: true }),
    }),
  },
  async (_ctx, parameters) => ({ parameters }),
)
`,
  'workflows/gentle-form.ts': `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const gentleForm = workflow(
  {
    name: 'gentle_form',
    description: 'Requires nothing.',
    parameters: z.object({ window: z.object({ from: z.string(), until: z.string() }).optional(), note: z.string().optional() }),
  },
  async (_ctx, parameters) => ({ parameters }),
)
`,
  'workflows/dependent-form.ts': `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const dependentForm = workflow(
  {
    name: 'dependent_form',
    description: 'Has a field whose options another field decides.',
    parameters: z.object({
      country: z.enum(['at', 'de']).meta({ label: 'Country' }),
      town: z.string().meta({ label: 'Town', dataProvider: 'towns' }),
      others: z.array(z.string().meta({ dataProvider: 'towns' })).optional().meta({ label: 'Other towns' }),
    }),
  },
  async (_ctx, parameters) => ({ parameters }),
)
`,
  'workflows/closed-form.ts': `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const closedForm = workflow(
  {
    name: 'closed_form',
    description: 'Takes only what an organization has.',
    parameters: z.object({ site: z.string().meta({ label: 'Site', dataProvider: 'sites', closed: true }) }),
  },
  async (_ctx, parameters) => ({ parameters }),
)
`,
  'data-providers/sites.ts': `
import { dataProvider } from '@crosswalk/sdk'

export const sitesOf = dataProvider({ name: 'sites', description: 'Sites of an organization.' }, (ctx) =>
  ['Head office', ctx.org?.name === 'Acme' ? 'Plant of Acme' : 'Warehouse'].map((name) => ({ value: name, label: name })),
)
`,
  'data-providers/towns.ts': `
import { dataProvider } from '@crosswalk/sdk'
import { z } from 'zod'

const towns = { at: ['Vienna', 'Graz'], de: ['Berlin', 'Bonn'] }

export const townsOf = dataProvider(
  { name: 'towns', description: 'Towns of a country.', parameters: z.object({ country: z.enum(['at', 'de']).optional() }) },
  (_ctx, { country = 'at' }) => towns[country].map((name) => ({ value: name.toLowerCase(), label: name })),
)
`,
}
