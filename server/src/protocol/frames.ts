import { allocUnsafeSlow, byteLength, copyBytes, hexSlice, hexWrite, readNumber, utf8Slice, utf8Write, writeNumber } from './primordials.ts'

/**
 * How messages stand in the pipe between a worker and a runner: the length of the text (4 bytes, little-endian), the number of the frame
 * (4 bytes, counted from 0 in each direction), the key of the session that it is about (16 bytes), and the message as JSON in UTF-8.
 */
export const headerBytes = 24
const keyStart = 8

/** What is about no session: loading, and whether the process answers. */
export const processKey = '0'.repeat(32)

/** No message is longer, so that nothing can be made to wait for more than memory holds. */
export const maxFrameBytes = 48 * 1024 * 1024

/** The sender does not keep to the protocol. It is ended; nothing that it says is believed any more. */
export class ProtocolViolation extends Error {}

/** @throws RangeError where the text is longer than a frame can be */
export function frameOf(number: number, key: string, text: string): Buffer {
  const length = byteLength(text)
  if (length > maxFrameBytes) throw new RangeError(`it is larger than ${maxFrameBytes / 1024 / 1024} MiB`)
  const frame = allocUnsafeSlow(headerBytes + length)
  writeNumber(frame, length, 0)
  writeNumber(frame, number, 4)
  hexWrite(frame, key, keyStart, headerBytes - keyStart)
  utf8Write(frame, text, headerBytes, length)
  return frame
}

export type Frame = { key: string; text: string }

/** Takes the bytes of a pipe as they come, in pieces of any size, and gives its frames. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void
  readonly #header = allocUnsafeSlow(headerBytes)
  #headerLength = 0
  #body: Buffer | undefined
  #bodyLength = 0
  #expected = 0

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame
  }

  /**
   * @param length how much of the piece was read
   * @throws ProtocolViolation, and whatever `onFrame` does. Nothing may be pushed afterwards.
   */
  push(piece: Buffer, length = piece.length): void {
    for (let start = 0; start < length; ) start = this.#take(piece, start, length)
  }

  /** Returns where the next begins. */
  #take(piece: Buffer, start: number, pieceEnd: number): number {
    if (this.#headerLength < headerBytes) {
      const end = Math.min(pieceEnd, start + headerBytes - this.#headerLength)
      copyBytes(piece, this.#header, this.#headerLength, start, end)
      this.#headerLength += end - start
      if (this.#headerLength === headerBytes) this.#begin()
      return end
    }
    const length = readNumber(this.#header, 0)
    const missing = length - this.#bodyLength
    if (this.#body === undefined && pieceEnd - start >= missing) {
      this.#end(utf8Slice(piece, start, start + missing))
      return start + missing
    }
    this.#body ??= allocUnsafeSlow(length)
    const end = Math.min(pieceEnd, start + missing)
    copyBytes(piece, this.#body, this.#bodyLength, start, end)
    this.#bodyLength += end - start
    if (this.#bodyLength === length) this.#end(utf8Slice(this.#body, 0, length))
    return end
  }

  #begin(): void {
    const length = readNumber(this.#header, 0)
    if (length === 0 || length > maxFrameBytes) throw new ProtocolViolation(`A frame says that it is ${length} bytes long.`)
    const number = readNumber(this.#header, 4)
    if (number !== this.#expected) throw new ProtocolViolation(`A frame has the number ${number}, and not ${this.#expected}.`)
    this.#expected = (this.#expected + 1) % 2 ** 32
  }

  #end(text: string): void {
    const key = hexSlice(this.#header, keyStart, headerBytes)
    this.#headerLength = 0
    this.#body = undefined
    this.#bodyLength = 0
    this.#onFrame({ key, text })
  }
}

/** Gives messages their numbers as they are written. */
export class FrameWriter {
  readonly #write: (frame: Buffer) => void
  #number = 0

  constructor(write: (frame: Buffer) => void) {
    this.#write = write
  }

  /** @throws RangeError where the text is longer than a frame can be; nothing is written then */
  write(key: string, text: string): void {
    const frame = frameOf(this.#number, key, text)
    this.#number = (this.#number + 1) % 2 ** 32
    this.#write(frame)
  }
}
