import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../server/testing/temporary-directory.ts'
import { until } from '../server/testing/until.ts'
import { root } from './processes.ts'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new TypeError('A listening socket has a port.')
  return address.port
}

test('npm run dev prints a link that signs a browser in, once, to the interface that it serves', async () => {
  await using place = await temporaryDirectory()
  await mkdir(join(place.path, 'workspace'))
  const port = await freePort()
  const child = spawn(process.execPath, [join(root, 'scripts/run.mjs'), 'scripts/dev.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CROSSWALK_DATA_DIR: join(place.path, 'data'),
      CROSSWALK_WORKSPACE: join(place.path, 'workspace'),
      CROSSWALK_PORT: '0',
      CROSSWALK_DEV_PORT: String(port),
      CROSSWALK_LOG_LEVEL: 'warn',
      DATABASE_URL: '',
    },
  })
  const ended = once(child, 'close')
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  try {
    const link = await until(
      'it prints the link',
      () => {
        if (child.exitCode !== null) throw new Error(`It ended: ${said}`)
        return /Sign in once with (\S+)/.exec(said)?.[1]
      },
      90_000,
    )
    const url = new URL(link)
    assert.equal(url.port, String(port))
    const signIn = () =>
      fetch(`${url.origin}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url.origin },
        body: JSON.stringify({ token: new URLSearchParams(url.hash.slice(1)).get('token') }),
      })
    const first = await signIn()
    assert.equal(first.ok, true, await first.clone().text())
    assert.match(first.headers.get('set-cookie') ?? '', /crosswalk_session=/)
    assert.equal((await signIn()).status, 401)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
})
