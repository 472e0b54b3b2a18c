import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { platformError } from '../errors.ts'

const builtFiles = fileURLToPath(new URL('../../../../admin/dist', import.meta.url))

/** Scripts come from this server alone. Styles may stand in the page, because the interface's components put them there. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const notBuilt = 'The admin interface is not built yet. Run: node scripts/run.mjs scripts/build-admin.ts, then load this page again.\n'

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false
}

/** The file that a path names, or undefined where the path is a page's. */
async function fileOf(path: string, root: string): Promise<string | undefined> {
  let name: string
  try {
    name = decodeURIComponent(path).slice(1)
  } catch {
    return undefined
  }
  if (name === '' || name.includes('\0') || name.split(/[/\\]/).includes('..')) return undefined
  return (await isFile(join(root, name))) ? name : undefined
}

function sendPage(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-cache').sendFile('index.html')
}

/**
 * Serves the built admin interface beside the API: its files, and for every other path outside `/api` its page, which finds the way itself.
 *
 * @param root where the built files are; they may come later
 */
export async function serveAdmin(app: FastifyInstance, root: string = builtFiles): Promise<void> {
  await app.register(fastifyStatic, { root, serve: false, index: false, cacheControl: false, preCompressed: true, logLevel: 'error' })
  app.get('/*', { schema: { hide: true } as object }, async (request, reply) => {
    const path = request.url.split('?')[0] ?? '/'
    if (path === '/api' || path.startsWith('/api/')) throw platformError('route_not_found', { method: request.method, path })
    reply.header('content-security-policy', contentSecurityPolicy).header('referrer-policy', 'same-origin')
    const file = await fileOf(path, root)
    if (file === 'index.html') return sendPage(reply)
    if (file) {
      // The names of built files change with their content; the few others are asked for each time.
      return reply.header('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache').sendFile(file)
    }
    // A script that is gone must not be answered with a page: the browser would keep it.
    if (path.startsWith('/assets/')) throw platformError('route_not_found', { method: request.method, path })
    if (!(await isFile(join(root, 'index.html')))) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt)
    return sendPage(reply)
  })
}
