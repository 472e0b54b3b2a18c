import scalar from '@scalar/fastify-api-reference'
import fastify, { type FastifyInstance } from 'fastify'

/** What shows the description of the API in a browser, as requests are injected into it. Its script alone has 20 MB in memory. */
export async function descriptionPage(): Promise<FastifyInstance> {
  const page = fastify()
  await page.register(scalar, {
    routePrefix: '/api/docs',
    configuration: { url: '/api/openapi.json', withDefaultFonts: false, telemetry: false },
  })
  return page
}
