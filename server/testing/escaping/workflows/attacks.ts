import { EventEmitter } from 'node:events'
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Author code that wants out. Each attempt is named, and its result is what it got: the code of the refusal, or what it reached.

type Hidden = {
  _kill(pid: number, signal: number): number
  _debugProcess(pid: number): void
  binding(name: string): unknown
  _linkedBinding(name: string): unknown
  permission: { drop?(what: string): void }
}
const hidden = process as unknown as Hidden

const attempts: Record<string, (given: { outside: string; port: number }) => unknown> = {
  'the environment': () => JSON.stringify(process.env),
  'a key in the data directory': async ({ outside }) => (await import('node:fs')).readFileSync(outside, 'utf8'),
  'the list of users': async () => (await import('node:fs')).readFileSync('/etc/passwd', 'utf8'),
  'a link out of the workspace': async () => (await import('node:fs')).readFileSync(`${import.meta.dirname}/../vendor/link`, 'utf8'),
  'a link of its own making': async ({ outside }) => (await import('node:fs')).symlinkSync(outside, `${import.meta.dirname}/made`),
  'a file in the workspace': async () => (await import('node:fs')).writeFileSync(`${import.meta.dirname}/made.ts`, 'x'),
  'the environment of its parent': async () => (await import('node:fs')).readFileSync(`/proc/${process.ppid}/environ`, 'latin1'),
  'the memory of its parent': async () => (await import('node:fs')).openSync(`/proc/${process.ppid}/mem`, 'r+'),
  'the inspector of its parent': () => hidden._debugProcess(process.ppid),
  'the end of its parent': () => hidden._kill(process.ppid, 9),
  'the end of everything': () => hidden._kill(-1, 9),
  'an inspector of its own': async () => (await import('node:inspector')).open(0, '127.0.0.1'),
  'an addon': async () => (await import('node:module')).createRequire(import.meta.url)('../vendor/addon.node'),
  WASI: async () => new (await import('node:wasi')).WASI({ version: 'preview1', preopens: { '/': '/' } }),
  'loader hooks': async () => (await import('node:module')).register('data:text/javascript,'),
  'a worker thread': async () => new (await import('node:worker_threads')).Worker('1', { eval: true }),
  'a process': async () => (await import('node:child_process')).execFileSync(process.execPath, ['-e', '1']),
  'another program': () => process.execve?.(process.execPath, ['-e', '1'], {}),
  'process.binding': () => hidden.binding('spawn_sync'),
  'process._linkedBinding': () => hidden._linkedBinding('fs'),
  'the rights of the process': () => hidden.permission.drop?.('fs.read'),
  SQLite: async () => import(['node', 'sqlite'].join(':')),
  'a socket file': async () => {
    const server = (await import('node:net')).createServer().listen(`${import.meta.dirname}/made.sock`)
    await (await import('node:events')).once(server, 'listening')
  },
  'a port inside': async ({ port }) => {
    const socket = (await import('node:net')).connect(port, '127.0.0.1')
    await (await import('node:events')).once(socket, 'connect')
  },
  'an answer from inside': async ({ port }) => (await fetch(`http://127.0.0.1:${port}`)).status,
  'a datagram': async ({ port }) => {
    const socket = (await import('node:dgram')).createSocket('udp4')
    await new Promise((resolve, reject) => {
      socket.on('error', reject)
      socket.send('x', port, '127.0.0.1', (error) => (error ? reject(error) : resolve(undefined)))
    })
  },
  'a name': async () => (await import('node:dns/promises')).lookup('localhost'),
  'open files': async () => {
    const { fstatSync } = await import('node:fs')
    const open: number[] = []
    for (let descriptor = 5; descriptor < 300; descriptor++) {
      try {
        const found = fstatSync(descriptor)
        if (found.isFile() || found.isDirectory() || found.isSocket()) open.push(descriptor)
      } catch {
        // there is none
      }
    }
    return `open: ${open.length}`
  },
}

export const attacks = workflow(
  { name: 'attacks', description: 'Tries everything.', parameters: z.object({ outside: z.string(), port: z.int() }), timeoutMs: 30_000 },
  async (_ctx, given) => {
    const got: Record<string, string> = {}
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        got[name] = `reached: ${String(await attempt(given)).slice(0, 200)}`
      } catch (error) {
        const cause = (error as Error).cause as { code?: string } | undefined
        got[name] = `refused: ${(error as { code?: string }).code ?? cause?.code ?? String(error)}`
      }
    }
    return got
  },
)

export const listens = workflow({ name: 'listens', description: 'Patches what everybody uses, and stays.' }, async () => {
  const heard: string[] = []
  const global = globalThis as { heard?: string[] }
  global.heard = heard
  const on = EventEmitter.prototype.on
  EventEmitter.prototype.on = function (this: EventEmitter, name: string | symbol, listener: (...args: unknown[]) => void) {
    heard.push(String(name))
    return on.call(this, name, listener)
  } as typeof on
  globalThis.fetch = (async () => new Response('from the listener')) as typeof fetch
  Map.prototype.get = new Proxy(Map.prototype.get, {})
  setInterval(() => heard.length, 10)
  setTimeout(() => {
    for (;;);
  }, 300)
  return process.pid
})

export const isClean = workflow({ name: 'is_clean', description: 'Says what others left behind.' }, async (ctx) => {
  await ctx.sleep(700)
  const global = globalThis as { heard?: string[] }
  return { heard: global.heard?.length ?? null, hasOwnFetch: !String(fetch).includes('from the listener') }
})

export const leavesALoop = workflow({ name: 'leaves_a_loop', description: 'Ends, and then blocks.' }, async () => {
  setTimeout(() => {
    for (;;);
  }, 200)
  return 'ended'
})

export const says = workflow({ name: 'says', description: 'Says hello.' }, async (ctx) => ctx.step('hello', async () => 'hello'))

export const fillsBuffers = workflow({ name: 'fills_buffers', description: 'Uses memory beside the heap.' }, async () => {
  const kept: Buffer[] = []
  for (;;) {
    kept.push(Buffer.alloc(32 * 1024 * 1024, kept.length))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
})

export const fillsBuffersAtOnce = workflow(
  { name: 'fills_buffers_at_once', description: 'Uses memory beside the heap as fast as it can.' },
  async () => {
    const kept: Buffer[] = []
    for (;;) kept.push(Buffer.alloc(32 * 1024 * 1024, 1))
  },
)

export const talks = workflow({ name: 'talks', description: 'Writes gigabytes to its output.' }, async () => {
  for (let index = 0; index < 4_000; index++) process.stdout.write('x'.repeat(256 * 1024))
  return 'said'
})

export const answersHugely = workflow({ name: 'answers_hugely', description: 'Returns more than anybody may.' }, async () =>
  'x'.repeat(64 * 1024 * 1024),
)
