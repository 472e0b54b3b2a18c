/** Workflows whose executions have what the page of an execution shows, as author files of a test's workspace. */
export const executionWorkflows: Record<string, string> = {
  'workflows/told-at-length.ts': `
import { workflow } from '@crosswalk/sdk'

export const toldAtLength = workflow({ name: 'told_at_length', description: 'Writes a long log.' }, async (ctx) => {
  const numbers = await ctx.step('list the numbers', async () => Array.from({ length: 40 }, (_, index) => index))
  for (let line = 0; line < 6_000; line++) await ctx.log(line % 50 === 0 ? 'warn' : 'info', 'line ' + line + (line % 7 === 0 ? ' schön lang ' + 'ü'.repeat(line % 300) : ''))
  return { count: numbers.length }
})
`,
  'workflows/speaks-in-a-step.ts': `
import { workflow } from '@crosswalk/sdk'

export const speaksInAStep = workflow({ name: 'speaks_in_a_step', description: 'Logs a line inside a step.' }, async (ctx) => {
  await ctx.step('begin', async () => 1)
  await ctx.step('say goodbye', async () => {
    await ctx.log('info', 'inside the last step')
    return { goodbye: true, count: 40 }
  })
})
`,
  'workflows/one-at-a-time.ts': `
import { workflow } from '@crosswalk/sdk'

export const oneAtATime = workflow(
  { name: 'one_at_a_time', description: 'Runs once at a time for an organization.', concurrency: { perOrganization: 1 } },
  async (ctx) => {
    // In pieces: a longer sleep would let its place go.
    for (let piece = 0; piece < 30; piece++) await ctx.sleep(20_000)
  },
)
`,
  'workflows/calls-twice.ts': `
import { workflow } from '@crosswalk/sdk'
import { MyIntegration } from '../integrations/my-integration.ts'

let attempts = 0
export const callsTwice = workflow({ name: 'calls_twice', description: 'Calls a vendor in a step that is tried twice.' }, async (ctx) => {
  const client = await ctx.getIntegration(MyIntegration)
  await ctx.step('report the users', async () => {
    const users = await client.listUsers()
    attempts += 1
    if (attempts === 1) throw new Error('The desk is closed.')
    return users.length
  }, { maxAttempts: 2, initialDelayMs: 50 })
})
`,
  'workflows/tried-thrice.ts': `
import { workflow } from '@crosswalk/sdk'

export const triedThrice = workflow({ name: 'tried_thrice', description: 'Fails after three attempts.' }, async (ctx) => {
  await ctx.step('prepare the list of all mailboxes that are to be moved', async () => 'ready')
  await ctx.step('ask the vendor', async () => { throw new Error('The vendor is closed.') }, { maxAttempts: 3, initialDelayMs: 50 })
})
`,
}
