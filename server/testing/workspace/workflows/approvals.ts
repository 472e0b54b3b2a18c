import { type ApprovalRequest, requireOk, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Author code that asks people.

const asked = z.record(z.string(), z.unknown())
const requestOf = (given: Record<string, unknown>) => given as ApprovalRequest // what a test says, right or wrong

export const asks = workflow(
  { name: 'asks', description: 'Asks between two steps.', parameters: z.object({ request: asked, url: z.string().optional() }) },
  async (ctx, { request, url }) => {
    await ctx.step('before', () => 1)
    const answer = await ctx.approve(requestOf(request))
    await ctx.log('info', `answered ${answer.outcome}`)
    const act = async () => {
      if (url !== undefined) await requireOk(await fetch(url, { method: 'POST' }), { method: 'POST' })
      return 2
    }
    if (answer.approved) await ctx.step('act', act)
    else if (url !== undefined) throw new Error('It was not approved.')
    return answer
  },
)

export const asksTwice = workflow(
  { name: 'asks_twice', description: 'Asks for two things at once.', parameters: z.object({}) },
  async (ctx) => {
    const [one, other] = await Promise.all([ctx.approve({ title: 'One' }), ctx.approve({ title: 'Other' })])
    return [one.outcome, other.outcome]
  },
)

export const asksBeside = workflow(
  { name: 'asks_beside', description: 'Asks, and works beside for this time.', parameters: z.object({ ms: z.number() }) },
  async (ctx, { ms }) => {
    const work = ctx.step('work', () => new Promise<void>((resolve) => setTimeout(resolve, ms)))
    const { outcome } = await ctx.approve({ title: 'Beside' })
    await ctx.step('heard', () => outcome)
    await work
    return outcome
  },
)

export const asksSecret = workflow(
  { name: 'asks_secret', description: 'Asks with a secret in its texts.', parameters: z.object({}) },
  async (ctx) => {
    const secret = await ctx.getSecret('approval_secret')
    const { outcome } = await ctx.approve({
      title: `Key ${secret}`,
      message: `It is ${secret}.`,
      details: { [secret]: [secret, '<b>bold</b>'] },
    })
    return outcome
  },
)

export const asksWrongly = workflow(
  { name: 'asks_wrongly', description: 'Asks in ways that are refused, and says how.', parameters: z.object({}) },
  async (ctx) => {
    const told = async (act: () => Promise<unknown>) => {
      try {
        await act()
        return 'answered'
      } catch (error) {
        return String(error instanceof Error && 'code' in error ? error.code : (error as Error).name)
      }
    }
    const one = (more: object) => told(() => ctx.approve({ title: 'x', ...more } as ApprovalRequest))
    return [
      await told(() => ctx.step('within', () => ctx.approve({ title: 'x' }))),
      await one({ title: '' }),
      await one({ title: 'two\nlines' }),
      await one({ message: 'm'.repeat(4_001) }),
      await one({ details: { long: 'd'.repeat(20_000) } }),
      await one({ approvers: {} }),
      await one({ approvers: { people: ['nobody'] } }),
      await one({ approvers: { roles: ['No Role'] } }),
      await one({ expiresInMs: 400 * 86_400_000 }),
      await one({ approver: 'x' }),
    ]
  },
)

export const floods = workflow(
  { name: 'floods', description: 'Asks for more at once than there may be.', parameters: z.object({}) },
  async (ctx) => {
    const codes: string[] = []
    await new Promise<void>((resolve) => {
      const refused = (error: unknown) => {
        codes.push(String((error as { code?: string }).code))
        if (codes.length === 5) resolve()
      }
      for (let index = 0; index < 25; index++) void ctx.approve({ title: `Flood ${index}` }).catch(refused)
    })
    return codes
  },
)
