import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { ProcessMessage, ProcessOrder, SessionMessage, SessionOrder } from '../protocol/channel.ts'
import { FrameReader, FrameWriter, processKey } from '../protocol/frames.ts'
import { maxChars } from '../protocol/message-sizes.ts'
import { keepMethods } from '../protocol/primordials.ts'
import { parseWire, stringifyWire } from '../protocol/wire-json.ts'

const descriptor = 3
const readBytes = 64 * 1024
/** How long it is waited until the worker may have read some. */
const fullMs = 1
// A name that is imported from Node changes when author code changes it there.
const write = writeSync
const { wait } = Atomics
const never = new Int32Array(new SharedArrayBuffer(4))

/** The runner's end of the pipe to its worker. */
export interface Channel {
  send(message: ProcessMessage): void
  /** @throws TypeError or RangeError where the message cannot be written; then nothing was sent */
  sendOf(sessionKey: string, message: SessionMessage): void
}

/**
 * Opens the pipe. The process ends with it: without its worker a runner has nothing to do.
 *
 * Nothing of it is within reach of author code: the stream has its methods from before that was loaded, emits nothing that it reads, and is
 * in no list of handles. What is sent is written before `send` returns: code that says more than the worker takes waits, and nothing gathers.
 */
export function openChannel(hear: { process(order: ProcessOrder): void; session(key: string, order: SessionOrder): void }): Channel {
  // Node has it, its types do not: `exit` without the listeners.
  const exit = (process as unknown as { reallyExit(code: number): never }).reallyExit.bind(process)
  const reader = new FrameReader(({ key, text }) => {
    const order: unknown = parseWire(text)
    // The worker is not doubted.
    if (key === processKey) hear.process(order as ProcessOrder)
    else hear.session(key, order as SessionOrder)
  })
  const buffer = Buffer.allocUnsafeSlow(readBytes)
  const onread = {
    buffer,
    callback(length: number) {
      reader.push(buffer, length)
      return true
    },
  }
  // A type of Node's that lacks it: it is taken by `connect` as well as here.
  const socket = new Socket({ fd: descriptor, readable: true, writable: false, onread } as ConstructorParameters<typeof Socket>[0])
  socket.on('end', () => exit(0))
  socket.on('close', () => exit(0))
  socket.on('error', () => exit(0))
  keepMethods(socket)
  hideHandles()
  const writer = new FrameWriter((frame) => {
    for (let start = 0; start < frame.length; ) {
      try {
        start += write(descriptor, frame, start, frame.length - start)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') exit(0)
        wait(never, 0, 0, fullMs)
      }
    }
  })
  socket.resume()
  return {
    send: (message) => writer.write(processKey, stringifyWire(message, maxChars[message.type])),
    sendOf: (key, message) => writer.write(key, stringifyWire(message, maxChars[message.type])),
  }
}

/** Node would give the stream itself. */
function hideHandles(): void {
  for (const name of ['_getActiveHandles', '_getActiveRequests'])
    Object.defineProperty(process, name, { value: () => [], writable: false, configurable: false })
}
