import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { givenGateway } from '../../testing/given-gateway.ts'
import { type OutsideWorld, startOutsideWorld } from '../../testing/outside-world.ts'
import { until } from '../../testing/until.ts'
import type { Gateway } from './gateway.ts'

// Many runners and many streams, each within its limits, at a vendor that takes nothing or with nobody who reads: a gateway process, and
// processes at the runners' ends of its lanes.

const program = fileURLToPath(new URL('../../testing/greedy-runner.ts', import.meta.url))
const runners = 6
const megabyte = 1024 * 1024
/** What it holds for all, what of it is garbage, and the process itself. */
const maxBytes = 420 * megabyte

const parts = new AsyncDisposableStack()
let gateway: Gateway
let outside: OutsideWorld
/** Accepts, and reads nothing. */
let stuckPort = 0
let count = 0

before(async () => {
  outside = parts.use(await startOutsideWorld())
  const stuck = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {})
    sockets.add(socket)
  })
  const sockets = new Set<Socket>()
  stuck.listen(0, '127.0.0.1')
  await once(stuck, 'listening')
  stuckPort = (stuck.address() as AddressInfo).port
  parts.defer(() => {
    for (const socket of sockets) socket.destroy()
    stuck.close()
  })
})
after(() => parts.disposeAsync())

type Said = { answered?: string; closed?: boolean; failed?: number; told?: string }
type Greedy = { child: ChildProcess; said: Said[]; cutOff: string[] }

function givenRunner(does: string, port: number): Greedy {
  const runner = `runner-${count++}`
  const pass = gateway.passFor({ runner, executionId: runner, organizationId: runner, name: 'greedy', integration: null })
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc', 'pipe', 'pipe', 'pipe'] as const
  const child = spawn(process.execPath, ['--no-warnings', program, pass, String(port), does], { stdio: [...stdio] })
  const greedy: Greedy = { child, said: [], cutOff: [] }
  child.on('message', (said) => greedy.said.push(said as Said))
  gateway.connect({
    ...{ runner, lanes: child.stdio.slice(4) as unknown as Socket[], hosts: {}, organizationId: runner, tell() {} },
    onCutOff: (reason) => greedy.cutOff.push(reason),
  })
  return greedy
}

async function rssOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}

/** With a gateway of its own: what one way leaves behind is not the next one's. */
async function fill(does: string, port: number, isFull: (greedy: Greedy[]) => boolean | Promise<boolean>): Promise<Greedy[]> {
  gateway = givenGateway()
  const honest = givenRunner('asks', outside.port)
  const answers = () => honest.said.filter(({ answered }) => answered === 'hello').length
  const greedy: Greedy[] = []
  let peak = 0
  let isOver = false
  try {
    await until('the honest one gets answers', async () => answers() > 0)
    const watching = (async () => {
      while (!isOver) peak = Math.max(peak, await rssOf(gateway.pid ?? 0))
    })()
    for (let number = 0; number < runners; number++) greedy.push(givenRunner(does, port))
    await until('the gateway is full', async () => isFull(greedy))
    const before = answers()
    await until('the honest one still gets answers', async () => answers() > before + 20)
    isOver = true
    await watching
    assert.ok(peak < maxBytes, `the gateway had ${Math.round(peak / megabyte)} MB`)
    assert.deepEqual([honest.cutOff, honest.said.filter(({ answered }) => answered === undefined)], [[], []])
    return greedy
  } finally {
    isOver = true
    for (const { child } of [honest, ...greedy]) child.kill('SIGKILL')
    await gateway.close()
  }
}

const failedOf = (greedy: Greedy[]) => greedy.flatMap(({ said }) => said.filter(({ failed }) => failed !== undefined))

test('bodies of requests to a vendor that takes nothing hold no more than the gateway has for all, and the rest is told why', async () => {
  const greedy = await fill('sends', stuckPort, (all) => failedOf(all).length > 100)
  assert.match(failedOf(greedy)[0]?.told ?? '', /write ENOBUFS: The network gateway has no room for what this call holds/)
})

test('answers that runners do not read from their lanes do the same', async () => {
  const greedy = await fill('does not read', outside.port, async () => (await outside.connections()) >= runners * 32)
  for (const reason of greedy.flatMap(({ cutOff }) => cutOff)) assert.match(reason, /^It does not read what it is sent/)
})

test('answers that runners do not take wait at their vendors', async () => {
  await fill('does not take', outside.port, async () => (await outside.connections()) >= runners * 32)
})
