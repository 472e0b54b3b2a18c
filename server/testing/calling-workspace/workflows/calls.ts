import { getHeapSnapshot } from 'node:v8'
import { type HttpOptions, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/** Makes one call with the options that it is given, and returns what came of it. */
export const calls = workflow(
  {
    name: 'calls',
    description: 'Calls a vendor.',
    parameters: z.object({ options: z.looseObject({}), path: z.string(), times: z.int().default(1) }),
  },
  async (ctx, { options, path, times }) => {
    const http = ctx.http(options as HttpOptions) // of the test
    let answer: unknown
    for (let time = 0; time < times; time++) answer = await http.get(path)
    await ctx.log('info', 'answered', { answer: answer as never })
    return answer
  },
)

/** Makes a call, and looks whether the memory of this process holds texts. They come backwards: they are not to be here by themselves. */
export const remembers = workflow(
  {
    name: 'remembers',
    description: 'Calls a vendor.',
    parameters: z.object({ options: z.looseObject({}), path: z.string(), backwards: z.array(z.string()) }),
  },
  async (ctx, { options, path, backwards }) => {
    await ctx.http(options as HttpOptions).get(path)
    let [before, isFound, isHere] = ['', false, false]
    for await (const chunk of getHeapSnapshot()) {
      const text = before + String(chunk)
      isHere ||= text.includes('/remembered')
      for (const one of backwards) for (let at = one.length - 1; at < text.length && !isFound; at++) isFound = endsHere(text, at, one)
      before = text.slice(-200)
    }
    return { isFound, isHere }
  },
)

function endsHere(text: string, at: number, backwards: string): boolean {
  for (let index = 0; index < backwards.length; index++) if (text[at - index] !== backwards[index]) return false
  return true
}

/** Reads a secret where no integration's code runs. */
export const reads = workflow(
  { name: 'reads', description: 'Calls a vendor.', parameters: z.object({ key: z.string() }) },
  async (ctx, { key }) => (await ctx.getSecret(key)).length,
)

/** Calls a vendor by the connection of the organization. */
export const connected = workflow({ name: 'connected', description: 'Calls by a connection.', parameters: z.object({}) }, async (ctx) => {
  const client = (await ctx.getIntegration('named_vendor')) as { call(): Promise<unknown> } // of this workspace
  return client.call()
})
