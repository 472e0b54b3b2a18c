import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fastify from 'fastify'
import { temporaryDirectory } from '../../../testing/temporary-directory.ts'
import { DomainError } from '../errors.ts'
import { serveAdmin } from './admin-files.ts'

async function givenServer(root: string) {
  const app = fastify()
  app.setErrorHandler((error, _request, reply) =>
    reply.code(error instanceof DomainError ? error.status : 500).send({ error: String(error) }),
  )
  await serveAdmin(app, root)
  return app
}

test('every path outside the API is the page, hashed files are kept for ever, and what is missing is not a page', async () => {
  await using folder = await temporaryDirectory()
  await mkdir(join(folder.path, 'assets'))
  await writeFile(join(folder.path, 'index.html'), '<html>page</html>')
  await writeFile(join(folder.path, 'assets/main-abc.js'), 'script')
  const app = await givenServer(folder.path)
  for (const url of ['/', '/organizations/1/integrations?q=a', '/index.html']) {
    const page = await app.inject(url)
    assert.deepEqual([page.statusCode, page.body, page.headers['cache-control']], [200, '<html>page</html>', 'no-cache'], url)
    assert.match(String(page.headers['content-security-policy']), /script-src 'self';/)
  }
  const script = await app.inject('/assets/main-abc.js')
  assert.deepEqual(
    [script.statusCode, script.body, script.headers['cache-control']],
    [200, 'script', 'public, max-age=31536000, immutable'],
  )
  for (const url of ['/api/nothing', '/api', '/assets/gone.js']) assert.equal((await app.inject(url)).statusCode, 404, url)
  assert.equal((await app.inject('/..%2f..%2fetc/passwd')).body, '<html>page</html>')
})

test('files go out as they were compressed when they were built, as far as the browser takes that', async () => {
  await using folder = await temporaryDirectory()
  await mkdir(join(folder.path, 'assets'))
  for (const [name, body] of [
    ['index.html', '<html>page</html>'],
    ['assets/main-abc.js', 'script'],
  ] as const) {
    await writeFile(join(folder.path, name), body)
    await writeFile(join(folder.path, `${name}.br`), `brotli ${body}`)
    await writeFile(join(folder.path, `${name}.gz`), `gzip ${body}`)
  }
  const app = await givenServer(folder.path)
  for (const [url, body] of [
    ['/organizations', '<html>page</html>'],
    ['/assets/main-abc.js', 'script'],
  ] as const) {
    for (const [accepted, encoding, sent] of [
      ['gzip, deflate, br, zstd', 'br', `brotli ${body}`],
      ['gzip, deflate', 'gzip', `gzip ${body}`],
      ['identity', undefined, body],
    ] as const) {
      const answer = await app.inject({ url, headers: { 'accept-encoding': accepted } })
      assert.deepEqual([answer.statusCode, answer.headers['content-encoding'], answer.body], [200, encoding, sent], `${url} ${accepted}`)
      assert.match(String(answer.headers.vary), /accept-encoding/i)
    }
  }
})

test('before it is built, the page says how to build it', async () => {
  await using folder = await temporaryDirectory()
  const app = await givenServer(join(folder.path, 'missing'))
  const page = await app.inject('/')
  assert.deepEqual([page.statusCode, page.body.includes('scripts/build-admin.ts')], [503, true])
})
