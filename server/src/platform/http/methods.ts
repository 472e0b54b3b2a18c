import type { FastifyInstance, FastifyRequest } from 'fastify'
import { platformError } from '../errors.ts'

type Known = { method: string; pattern: RegExp }

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part)))
  return new RegExp(`^${parts.join('/')}/?$`)
}

/** No route has this, unless the interface takes what is left over. */
const isUnknown = (request: FastifyRequest) => request.is404 || request.routeOptions.url?.endsWith('*') === true

/**
 * Answers a method that a known path does not take with 405, and with those that it takes. To be called before the routes are added.
 *
 * @throws method_not_allowed - in each such request
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  const routes: Known[] = []
  app.addHook('onRoute', ({ method, url }) => {
    if (url.startsWith('/api/')) for (const name of [method].flat()) routes.push({ method: name, pattern: patternOf(url) })
  })
  app.addHook('onRequest', async (request, reply) => {
    if (!isUnknown(request)) return
    const path = request.url.split('?')[0] ?? ''
    const methods = new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))
    if (methods.size === 0 || methods.has(request.method)) return
    const allowed = [...methods].sort().join(', ')
    reply.header('allow', allowed)
    throw platformError('method_not_allowed', { method: request.method, allowed: [...methods].sort() })
  })
}
