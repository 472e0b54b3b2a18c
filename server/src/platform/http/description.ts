import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import serverPackage from '../../../package.json' with { type: 'json' }

const tags = [
  { name: 'Organizations', description: 'The customers.' },
  { name: 'Integrations', description: 'What knows an outside system, and what it discovers.' },
  { name: 'Mappings', description: 'Which external organization an organization is.' },
  { name: 'Workflows', description: 'What authors wrote, and running it.' },
  { name: 'Forms', description: 'Workflows as those meet them to whom they are offered: a customer’s users.' },
  { name: 'Executions', description: 'Each durable run, its steps and its log.' },
  { name: 'Batches', description: 'One order for many organizations: its progress, and its result for each.' },
  { name: 'Schedules', description: 'What runs on its own, and when.' },
  { name: 'Data providers', description: 'Options for the fields of forms.' },
  { name: 'Workspace', description: 'What of the author’s folder loads, and what does not.' },
  { name: 'Secrets', description: 'Encrypted, write-only.' },
  { name: 'Config', description: 'Plain and readable.' },
  { name: 'Audit', description: 'Who did what when.' },
  { name: 'Operation', description: 'For those who run the installation.' },
]

const pagePolicy =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/**
 * Collects every route that is registered after it into `GET /api/openapi.json`, and shows that at `/api/docs`.
 *
 * @param admit throws for those who may not read it
 */
export async function describeApi(app: FastifyInstance, admit: (request: FastifyRequest) => Promise<unknown>): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Crosswalk',
        version: serverPackage.version,
        description:
          'Keeps the ids together under which the tools of a managed service provider know its customers, and runs workflows on top.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags,
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' } } },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  const onRequest = async (request: FastifyRequest) => void (await admit(request))
  app.get('/api/openapi.json', { schema: { hide: true }, onRequest }, async () => app.swagger())
  await app.register(async (page) => {
    // The page's own script and styles are inline; everything else stays as strict as elsewhere.
    page.addHook('onRequest', onRequest)
    page.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', pagePolicy)
    })
    let shown: Promise<FastifyInstance> | undefined
    const load = async () => (await import('./description-page.ts')).descriptionPage()
    for (const url of ['/api/docs', '/api/docs/', '/api/docs/js/scalar.js'])
      page.get(url, { schema: { hide: true } }, async (request, reply) => {
        const { statusCode, headers, rawPayload } = await (await (shown ??= load())).inject(request.url)
        const { 'content-type': type, location } = headers
        if (location !== undefined) reply.header('location', location)
        return reply
          .code(statusCode)
          .type(type ?? 'text/plain; charset=utf-8')
          .send(rawPayload)
      })
  })
}
