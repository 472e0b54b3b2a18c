import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const sayHello = workflow(
  {
    name: 'say_hello',
    description: 'Greets the organization that it runs for',
    category: 'Examples',
    parameters: z.object({ greeting: z.string().min(1).default('Hello').meta({ label: 'Greeting' }) }),
  },
  async (ctx, { greeting }) => {
    // What a step returns is recorded: after a crash the code gets it back, and the step does not run again.
    const text = await ctx.step('write the greeting', async () => `${greeting}, ${ctx.org.name}!`)
    await ctx.log('info', text)
    return { text }
  },
)
