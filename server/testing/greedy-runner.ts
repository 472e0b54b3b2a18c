import { Socket } from 'node:net'
import { Lane } from '../src/protocol/lane.ts'
import { textFrame } from '../src/protocol/lane-frames.ts'
import { answerWindowBytes, type Opening, streamStartBytes, streamWindowBytes } from '../src/protocol/network.ts'

// A process at the runner's end of a lane, as code that has taken its runner over could be: it fills the gateway as much as it is let.
//   node greedy-runner.ts <pass> <port of a vendor> sends | does not read | does not take | asks

const [pass = '', port = '', does = ''] = process.argv.slice(2)
const socket = new Socket({ fd: 4, readable: true, writable: true })
const say = (message: object) => process.send?.(message)
const origin = `http://127.0.0.1:${port}`

const opening = (asked: Pick<Opening, 'kind' | 'head'> & { hasBody: boolean }): string =>
  JSON.stringify({ ...asked, pass } satisfies Opening)
const request = (path: string, hasBody: boolean) =>
  opening({ kind: 'request', head: { method: hasBody ? 'POST' : 'GET', origin, path, headers: [] }, hasBody })

function openLane(): Lane {
  return new Lane(socket, {
    ...{ sendWindowBytes: streamWindowBytes, sendStartBytes: streamStartBytes, receiveWindowBytes: answerWindowBytes },
    ...{ maxQueuedBytes: 1_000_000_000, maxUnreadBytes: 1_000_000_000 },
    onClose: () => say({ closed: true }),
  })
}

const piece = Buffer.alloc(1024 * 1024, 'x')

/** Of each stream all that it may, to a vendor that takes nothing. */
function send(streams: number, text: string): void {
  const lane = openLane()
  let failed = 0
  for (let count = 0; count < streams; count++) {
    const stream = lane.open(text)
    const fail = (told: string) => {
      if (told.includes('ENOBUFS')) say({ failed: ++failed, told })
    }
    stream.handler = { onHead: fail, onEnd: fail }
    stream.send(piece)
  }
}

/** Asks for much, and reads nothing: not even its socket, or the socket alone. */
function ask(streams: number, isSocketRead: boolean): void {
  if (!isSocketRead) {
    socket.pause()
    socket.on('error', () => {})
    socket.on('close', () => say({ closed: true }))
    for (let number = 1; number <= streams; number++) {
      socket.write(textFrame(1, number, request('/big?bytes=1000000000', false)))
      socket.write(textFrame(4, number))
    }
    return
  }
  const lane = openLane()
  for (let count = 0; count < streams; count++) {
    const stream = lane.open(request('/big?bytes=1000000000', false))
    stream.end()
    stream.pause()
  }
}

/** One small request after the other, each told. */
function askInTurn(): void {
  const lane = openLane()
  const next = () => {
    const stream = lane.open(request('/hello', false))
    let text = ''
    const onEnd = () => {
      say({ answered: text })
      setImmediate(next)
    }
    stream.handler = { onBytes: (bytes) => (text += bytes), onEnd }
    stream.end()
  }
  next()
}

if (does === 'sends') send(1_000, request('/never', true))
else if (does === 'does not read') ask(250, false)
else if (does === 'does not take') ask(250, true)
else askInTurn()
process.on('disconnect', () => process.exit())
